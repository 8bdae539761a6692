-- twin of: d2d3ffb80494
-- iris: memberA memberB
SELECT member_a, member_b, kind, cause_kind, grade, count(*) AS number
FROM finding
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
WHERE dimension = 'body' AND (:secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere)
  AND finding.id IN (
    SELECT finding FROM finding_action WHERE action IN (SELECT id FROM action WHERE action.plan = :plan)
    UNION SELECT id FROM finding WHERE cause IN (SELECT id FROM action WHERE action.plan = :plan))
  AND (
    cause_kind = 'action' AND EXISTS (SELECT 1 FROM action WHERE action.id = cause AND action.plan = :plan)
    OR cause_kind IN ('instrument', 'theme')
    AND EXISTS (
      SELECT 1 FROM finding_action AS f JOIN action ON action.id = f.action
      WHERE f.finding = finding.id AND action.plan = :plan
        AND EXISTS (SELECT 1 FROM responsible AS r WHERE r.action = f.action AND r.body = member_a)
        AND NOT EXISTS (SELECT 1 FROM responsible AS r WHERE r.action = f.action AND r.body = member_b))
    AND EXISTS (
      SELECT 1 FROM finding_action AS f JOIN action ON action.id = f.action
      WHERE f.finding = finding.id AND action.plan = :plan
        AND EXISTS (SELECT 1 FROM responsible AS r WHERE r.action = f.action AND r.body = member_b)
        AND NOT EXISTS (SELECT 1 FROM responsible AS r WHERE r.action = f.action AND r.body = member_a))
  )
GROUP BY 1, 2, 3, 4, 5
ORDER BY coalesce(a.code, a.name), coalesce(b.code, b.name), a.iri, b.iri, kind, cause_kind, grade
-- shown
SELECT coalesce(a.code, a.name) AS bodyA, coalesce(b.code, b.name) AS bodyB, kind, cause_kind AS causeKind,
  grade AS evidenceGrade, number, a.iri AS memberA, b.iri AS memberB
FROM chosen
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
ORDER BY chosen.place
