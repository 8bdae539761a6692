-- twin of: 2a22196cb361
-- iris: reading overlap
SELECT finding.id, reading.id AS stands
FROM finding
JOIN finding_reading ON finding_reading.finding = finding.id
JOIN reading ON reading.id = finding_reading.reading
JOIN term ON term.id = reading.id
WHERE (:overlap IS NULL OR finding.iri = :overlap) AND (:certainty IS NULL OR reading.certainty = :certainty)
ORDER BY grade, finding.iri, locator, term.iri
-- shown
SELECT finding.name AS overlapName, finding.language AS "overlapName@", finding.kind, grade AS evidenceGrade, locator,
  reading.certainty, term.iri AS reading, finding.iri AS overlap
FROM chosen
JOIN finding USING (id)
JOIN reading ON reading.id = stands
JOIN term ON term.id = stands
ORDER BY place
