-- twin of: 1d64cb168ff1
-- iris: memberA memberB
WITH pair AS (
  SELECT member_a, member_b,
    sum(cause_kind = 'action') AS actions, sum(cause_kind = 'instrument') AS instruments,
    sum(cause_kind = 'theme') AS themes, sum(cause_kind = 'similar work') AS similar,
    sum(grade = 'A') AS gradeA, sum(grade = 'B') AS gradeB, sum(grade = 'C') AS gradeC, sum(grade = 'D') AS gradeD,
    sum(certainty = 'interpreted') AS interpreted, count(*) AS total, sum(kind != 'descent') AS met
  FROM finding INDEXED BY finding_dimension WHERE dimension = 'programme' GROUP BY member_a, member_b
)
SELECT pair.*
FROM pair JOIN term AS a ON a.id = member_a JOIN term AS b ON b.id = member_b
ORDER BY met DESC, gradeA DESC, gradeB DESC, gradeC DESC, coalesce(a.code, a.name), coalesce(b.code, b.name), a.iri, b.iri
-- shown
SELECT coalesce(a.code, a.name) AS programmeA, coalesce(b.code, b.name) AS programmeB, actions, instruments, themes,
  similar, gradeA, gradeB, gradeC, gradeD, interpreted, total,
  substr(
    iif(actions, printf(', %d row%s', actions, iif(actions = 1, '', 's')), '')
    || iif(instruments, printf(', %d instrument%s', instruments, iif(instruments = 1, '', 's')), '')
    || iif(themes, printf(', %d theme%s', themes, iif(themes = 1, '', 's')), '')
    || iif(similar, printf(', %d similar work%s', similar, iif(similar = 1, '', 's')), ''), 3) AS meetOn,
  (SELECT group_concat(kind || ' ' || often, ', ') FROM (
    SELECT kind, count(*) AS often FROM finding AS one
    WHERE one.member_a = chosen.member_a AND one.member_b = chosen.member_b GROUP BY kind ORDER BY kind)) AS kinds,
  a.iri AS memberA, b.iri AS memberB
FROM chosen JOIN term AS a ON a.id = member_a JOIN term AS b ON b.id = member_b
ORDER BY place
