-- The actions that show each finding.
SELECT finding.id, term.id AS action
FROM finding_actions JOIN finding ON finding.iri = finding_actions.finding JOIN term ON term.iri = finding_actions.action
ORDER BY 1, 2
