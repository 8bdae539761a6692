-- What each finding is on, with the kind of thing that it is.
SELECT finding.id, term.id AS thing,
  CASE
    WHEN thing IN (SELECT iri FROM actions) THEN 'action'
    WHEN thing IN (SELECT iri FROM events) THEN 'event'
    WHEN thing IN (SELECT iri FROM instruments) THEN 'instrument'
    WHEN thing IN (SELECT iri FROM plans) THEN 'programme'
    WHEN thing IN (SELECT iri FROM topics) THEN 'topic'
    WHEN thing IN (SELECT cause FROM findings) THEN 'similar work'
  END AS kind
FROM finding_things JOIN finding ON finding.iri = finding_things.finding JOIN term ON term.iri = thing
ORDER BY 1, 2
