-- Everything that findings speak of, with its name and code.
SELECT row_number() OVER (ORDER BY iri) AS id, iri, name_of, language_of, code_of,
  iri IN (SELECT iri FROM bodies WHERE kind = 'secretariat') AS is_everywhere
FROM (
  SELECT member_a AS iri FROM findings
  UNION SELECT member_b FROM findings
  UNION SELECT cause FROM findings
  UNION SELECT plan_a FROM findings WHERE plan_a IS NOT NULL
  UNION SELECT plan_b FROM findings WHERE plan_b IS NOT NULL
  UNION SELECT thing FROM finding_things
  UNION SELECT action FROM finding_actions
  UNION SELECT reading FROM finding_readings
  UNION SELECT party FROM responsibilities
  UNION SELECT iri FROM bodies
  UNION SELECT reading FROM evidence
)
LEFT JOIN named ON thing = iri
ORDER BY id
