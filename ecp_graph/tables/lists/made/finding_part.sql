-- The parts of the score of each finding that has one.
SELECT finding.id, place, part, points, because
FROM finding_parts JOIN finding ON finding.iri = finding_parts.finding
ORDER BY 1, 2
