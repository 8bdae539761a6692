-- twin of: c68d0e0575bf
-- iris: memberA memberB cause overlap
SELECT finding.id FROM finding
WHERE dimension = coalesce(:dimension, dimension)
ORDER BY dimension, grade, iri
-- shown
SELECT dimension, causeKind, kind, evidenceGrade, certainty,
  coalesce((
    SELECT group_concat(kind, ', ') FROM (
      SELECT DISTINCT t.kind FROM finding_thing AS t WHERE t.finding = found.id AND t.kind IS NOT NULL ORDER BY 1)
  ), '') AS "on",
  coalesce((
    SELECT group_concat(plan, ' ') FROM (
      SELECT DISTINCT plan FROM finding_action AS f JOIN action ON action.id = f.action
      WHERE f.finding = found.id AND plan IS NOT NULL ORDER BY 1)
  ), '') AS plans,
  overlapName, "overlapName@", memberA, memberB, cause, overlap
FROM chosen JOIN found USING (id)
ORDER BY place
