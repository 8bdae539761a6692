-- twin of: 5217e0d094e8
-- iris: cause overlap
WITH it AS (SELECT id FROM term WHERE iri = :programme)
SELECT finding.id
FROM finding
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
JOIN term AS c ON c.id = cause
WHERE dimension = 'programme' AND grade <= :grade
  AND (:kind IS NULL OR kind = :kind)
  AND (:programme IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN it OR member_b IN it))
  AND (:on IS NULL OR EXISTS (SELECT 1 FROM finding_thing AS t WHERE t.finding = finding.id AND t.kind = :on))
  AND (:plan IS NULL OR finding.id IN (
    SELECT f.finding FROM action AS p JOIN finding_action AS f ON f.action = p.id WHERE p.plan = :plan))
ORDER BY grade, coalesce(a.code, a.name), coalesce(b.code, b.name), kind, c.name, finding.iri
-- shown
SELECT shortA AS programmeA, shortB AS programmeB, found.kind, causeKind, causeName, "causeName@", evidenceGrade,
  found.certainty, actions, things, stated, coalesce(decision, '') AS decision, found.cause, overlap
FROM chosen JOIN found USING (id) JOIN finding USING (id)
ORDER BY place
