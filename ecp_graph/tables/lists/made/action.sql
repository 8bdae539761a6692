-- The actions that findings speak of, with their cells as written.
SELECT term.id, number, position, plan, plan_name, named.language_of, responsible_text, programme_text, timeframe_text
FROM actions JOIN term ON term.iri = actions.iri LEFT JOIN named ON named.thing = plan
ORDER BY 1
