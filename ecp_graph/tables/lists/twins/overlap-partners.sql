-- twin of: be583ea382c3
-- iris: other cause otherPlan overlap
WITH it AS (SELECT id FROM term WHERE iri = :thing)
SELECT side.id, side.other
FROM (
  SELECT id, member_b AS other, grade, kind, iri FROM finding WHERE member_a IN it
  UNION ALL SELECT id, member_a, grade, kind, iri FROM finding WHERE member_b IN it
) AS side
JOIN term ON term.id = side.other
LEFT JOIN action ON action.id = side.other
LEFT JOIN mark AS kinds ON kinds.scheme = 'kind' AND kinds.notation = side.kind
WHERE grade <= :grade
ORDER BY grade, kinds.name, coalesce(plan_name, ''), coalesce(position, 0), term.name, term.iri, side.iri
-- shown
SELECT other.name AS otherName, other.language AS "otherName@", number AS otherNumber, kind, kinds.name AS kindName,
  kinds.language AS "kindName@", causeKind, causeName, "causeName@", evidenceGrade, certainty,
  plan_name AS otherPlanName, plan_language AS "otherPlanName@", other.iri AS other, cause, plan AS otherPlan, overlap
FROM chosen
JOIN found ON found.id = chosen.id
JOIN term AS other ON other.id = chosen.other
LEFT JOIN action ON action.id = chosen.other
LEFT JOIN mark AS kinds ON kinds.scheme = 'kind' AND kinds.notation = kind
ORDER BY chosen.place
