-- twin of: 242c8a4ffa19
-- iris: overlap
WITH it AS (SELECT id FROM term WHERE iri = :thing)
SELECT id, part
FROM (
  SELECT finding.id, 'member' AS part FROM finding WHERE member_a IN it
  UNION ALL SELECT finding.id, 'member' FROM finding WHERE member_b IN it
  UNION ALL SELECT finding.id, 'cause' FROM finding WHERE cause IN it
  UNION ALL SELECT finding, 'thing' FROM finding_thing WHERE thing IN it
  UNION ALL SELECT finding, 'action' FROM finding_action WHERE action IN it
)
JOIN finding USING (id)
WHERE grade <= :grade
  AND (part IN ('member', 'cause') OR member_a NOT IN it AND member_b NOT IN it AND cause NOT IN it)
ORDER BY grade, part, iri
-- shown
SELECT overlapName, "overlapName@", kind, evidenceGrade, certainty, part, stated AS evidence, overlap
FROM chosen JOIN found USING (id)
ORDER BY place
