-- What speaks for each finding that has a score, what against it, and what has to be asked.
SELECT finding.id, side, place, reason
FROM finding_reasons JOIN finding ON finding.iri = finding_reasons.finding
ORDER BY 1, 2, 3
