-- Where the readings of findings and relations stand.
SELECT term.id, locator, certainty
FROM readings JOIN term ON term.iri = readings.iri JOIN passages ON passages.iri = readings.passage
ORDER BY 1
