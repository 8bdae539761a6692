-- twin of: 163292d68838
-- iris: first second
WITH pair AS MATERIALIZED (
  SELECT min(plan_a, plan_b) AS one, max(plan_a, plan_b) AS other, kind, cause_kind, count(*) AS number
  FROM finding
  WHERE dimension = 'action' AND plan_a != plan_b
  GROUP BY 1, 2, 3, 4
)
SELECT pair.*
FROM pair
LEFT JOIN term AS a ON a.id = one
LEFT JOIN term AS b ON b.id = other
LEFT JOIN mark ON scheme = 'kind' AND notation = kind
ORDER BY a.name, b.name, one, other, mark.place, cause_kind
-- shown
SELECT a.name AS planA, a.language AS "planA@", b.name AS planB, b.language AS "planB@", kind, cause_kind AS causeKind, number,
  a.iri AS first, b.iri AS second
FROM chosen
JOIN term AS a ON a.id = one
JOIN term AS b ON b.id = other
ORDER BY chosen.place
