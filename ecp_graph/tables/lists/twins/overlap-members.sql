-- twin of: 655bbdbd6141
-- iris: member
WITH side AS (
  SELECT dimension, member_a AS member, member_b AS other, cause, cause_kind FROM finding
  UNION ALL SELECT dimension, member_b, member_a, cause, cause_kind FROM finding
)
SELECT side.dimension, side.member, count(DISTINCT other) AS others,
  count(DISTINCT iif(cause_kind = 'action', cause, NULL)) AS actions,
  count(DISTINCT iif(cause_kind = 'joint session', cause, NULL)) AS sessions,
  count(DISTINCT iif(cause_kind = 'decision', cause, NULL)) AS decisions,
  count(DISTINCT iif(cause_kind = 'instrument', cause, NULL)) AS instruments,
  count(DISTINCT iif(cause_kind = 'theme', cause, NULL)) AS themes,
  count(DISTINCT iif(cause_kind = 'similar work', other, NULL)) AS similar
FROM side
JOIN term AS a ON a.id = side.member
JOIN term AS b ON b.id = side.other
WHERE dimension = coalesce(:dimension, dimension)
  AND (:secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere)
GROUP BY side.dimension, side.member
ORDER BY side.dimension, others DESC, a.name, a.iri
-- shown
SELECT term.name AS memberName, term.language AS "memberName@", dimension, others, actions, sessions, decisions, instruments,
  themes, similar, term.iri AS member
FROM chosen JOIN term ON term.id = chosen.member
ORDER BY place
