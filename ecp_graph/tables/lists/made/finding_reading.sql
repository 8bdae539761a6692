-- The readings on which each finding rests.
SELECT finding.id, term.id AS reading
FROM finding_readings JOIN finding ON finding.iri = finding_readings.finding
JOIN term ON term.iri = finding_readings.reading
ORDER BY 1, 2
