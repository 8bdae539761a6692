-- twin of: 780d2a3f95b9
-- iris: reading overlap
WITH one AS (SELECT id FROM term WHERE iri = :member), other AS (SELECT id FROM term WHERE iri = :other)
SELECT finding.id, reading.id AS stands
FROM finding
JOIN finding_reading ON finding_reading.finding = finding.id
JOIN reading ON reading.id = finding_reading.reading
JOIN term ON term.id = reading.id
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
WHERE (:member IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN one OR member_b IN one))
  AND (:other IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN other OR member_b IN other))
  AND (:thing IS NULL OR finding.id IN (
    SELECT finding FROM finding_thing WHERE thing = (SELECT id FROM term WHERE iri = :thing)))
  AND (:secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere)
  AND (:plan IS NULL OR finding.id IN (
    SELECT f.finding FROM action AS p JOIN finding_action AS f ON f.action = p.id WHERE p.plan = :plan))
ORDER BY locator, term.iri, grade, finding.iri
-- shown
SELECT locator AS passageName, reading.certainty, finding.kind, grade AS evidenceGrade, finding.name AS overlapName,
  finding.language AS "overlapName@",
  term.iri AS reading, finding.iri AS overlap
FROM chosen
JOIN finding USING (id)
JOIN reading ON reading.id = stands
JOIN term ON term.id = stands
ORDER BY place
