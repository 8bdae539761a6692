-- twin of: 999a37b43ad5
-- iris: thing
WITH meeting AS (
  SELECT finding_thing.thing, finding_thing.kind, member_a, member_b, grade
  FROM finding_thing
  JOIN finding ON finding.id = finding_thing.finding
  JOIN term AS a ON a.id = member_a
  JOIN term AS b ON b.id = member_b
  WHERE dimension = 'body' AND finding_thing.kind != 'similar work'
    AND (:on IS NULL OR finding_thing.kind = :on)
    AND (:secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere)
    AND (:plan IS NULL OR finding.id IN (
      SELECT f.finding FROM action AS p JOIN finding_action AS f ON f.action = p.id WHERE p.plan = :plan))
), body AS MATERIALIZED (
  SELECT thing, kind, member_a AS member, min(grade) AS grade FROM meeting GROUP BY 1, 2, 3
  UNION
  SELECT thing, kind, member_b, min(grade) FROM meeting GROUP BY 1, 2, 3
), listed AS MATERIALIZED (
  SELECT thing AS it, group_concat(code, ', ') AS codes FROM (
    SELECT DISTINCT thing, coalesce(code, name) AS code FROM body JOIN term ON term.id = member ORDER BY 1, 2)
  GROUP BY thing
)
SELECT thing AS id, kind, count(DISTINCT member) AS often, min(grade) AS best, codes
FROM body JOIN term ON term.id = thing JOIN listed ON it = thing
GROUP BY thing, kind
ORDER BY often DESC, best, kind, term.name, term.iri
-- shown
SELECT name AS thingName, language AS "thingName@", kind AS "on", often AS bodyCount, codes AS bodies,
  best AS strongestGrade, iri AS thing
FROM chosen JOIN term USING (id)
ORDER BY place
