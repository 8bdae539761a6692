-- twin of: a76f79581a7f
-- iris: cause overlap
WITH one AS (SELECT id FROM term WHERE iri = :member), other AS (SELECT id FROM term WHERE iri = :other)
SELECT finding.id
FROM finding JOIN term ON term.id = cause
WHERE (:member IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN one OR member_b IN one))
  AND (:other IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN other OR member_b IN other))
ORDER BY grade, kind, term.name, finding.iri
-- shown
SELECT found.kind, causeKind, causeName, "causeName@", evidenceGrade, found.certainty, actions, things, stated,
  coalesce(decision, '') AS decision, found.cause, overlap
FROM chosen JOIN found USING (id) JOIN finding USING (id)
ORDER BY place
