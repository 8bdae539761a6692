-- Who is responsible for the actions that findings speak of, by name.
SELECT DISTINCT a.id, p.id
FROM responsibilities JOIN term AS a ON a.iri = action JOIN term AS p ON p.iri = party
WHERE how = 'named' AND NOT is_group AND party IN (SELECT iri FROM bodies)
ORDER BY 1, 2
