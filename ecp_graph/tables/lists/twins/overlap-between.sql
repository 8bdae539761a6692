-- twin of: 4992a13068ff
-- iris: cause overlap
WITH one AS (SELECT id FROM term WHERE iri = :member), other AS (SELECT id FROM term WHERE iri = :other)
SELECT finding.id
FROM finding JOIN term ON term.id = cause
WHERE (:member IS NULL OR member_a IN one OR member_b IN one)
  AND (:other IS NULL OR member_a IN other OR member_b IN other)
ORDER BY grade, kind, term.name, finding.iri
-- shown
SELECT kind, causeKind, causeName, "causeName@", evidenceGrade, certainty, actions, things, stated, cause, overlap
FROM chosen JOIN found USING (id)
ORDER BY place
