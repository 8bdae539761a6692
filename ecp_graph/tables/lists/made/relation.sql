-- Who answers to whom, and who was set up by whom, as each reading states it.
SELECT DISTINCT l.id, relation, u.id, r.id
FROM (
  SELECT subject AS lower, 'reports to' AS relation, value AS upper, reading
  FROM evidence WHERE property = 'https://w3id.org/ecp-graph/ontology#reportsTo'
  UNION ALL
  SELECT lower, 'was set up by', decided.value, reading
  FROM (
    SELECT value AS lower, subject AS decision, reading
    FROM evidence WHERE property = 'https://w3id.org/ecp-graph/ontology#establishesBody'
    UNION
    SELECT subject, value, reading
    FROM evidence WHERE property = 'https://w3id.org/ecp-graph/ontology#establishedThrough'
  )
  JOIN (
    SELECT DISTINCT subject AS decision, value
    FROM evidence WHERE property = 'https://w3id.org/ecp-graph/ontology#decidedBy'
  ) AS decided USING (decision)
)
JOIN term AS l ON l.iri = lower JOIN term AS u ON u.iri = upper JOIN term AS r ON r.iri = reading
ORDER BY 1, 2, 3, 4
