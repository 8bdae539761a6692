-- twin of: e6da34962714
-- iris: memberA memberB
WITH pair AS (
  SELECT member_a, member_b,
    sum(cause_kind = 'action') AS actions, sum(cause_kind = 'joint session') AS sessions,
    sum(cause_kind = 'decision') AS decisions, sum(cause_kind = 'instrument') AS instruments,
    sum(cause_kind = 'theme') AS themes, sum(cause_kind = 'similar work') AS similar,
    sum(grade = 'A') AS gradeA, sum(grade = 'B') AS gradeB, sum(grade = 'C') AS gradeC, sum(grade = 'D') AS gradeD,
    sum(certainty = 'interpreted') AS interpreted, count(*) AS total, sum(kind != 'descent') AS met
  FROM finding INDEXED BY finding_dimension WHERE dimension = 'body' GROUP BY member_a, member_b
)
SELECT pair.*
FROM pair JOIN term AS a ON a.id = member_a JOIN term AS b ON b.id = member_b
WHERE :secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere
ORDER BY met = 0, (member_a, member_b) IN (
    SELECT lower, upper FROM relation UNION SELECT upper, lower FROM relation
  ), met DESC, gradeA DESC, gradeB DESC, gradeC DESC, coalesce(a.code, a.name), coalesce(b.code, b.name), a.iri, b.iri
-- shown
SELECT coalesce(a.code, a.name) AS bodyA, coalesce(b.code, b.name) AS bodyB, actions, sessions, decisions, instruments,
  themes, similar, gradeA, gradeB, gradeC, gradeD, interpreted, total,
  substr(
    iif(actions, printf(', %d row%s', actions, iif(actions = 1, '', 's')), '')
    || iif(sessions, printf(', %d joint session%s', sessions, iif(sessions = 1, '', 's')), '')
    || iif(decisions, printf(', %d decision%s', decisions, iif(decisions = 1, '', 's')), '')
    || iif(instruments, printf(', %d instrument%s', instruments, iif(instruments = 1, '', 's')), '')
    || iif(themes, printf(', %d theme%s', themes, iif(themes = 1, '', 's')), '')
    || iif(similar, printf(', %d similar work%s', similar, iif(similar = 1, '', 's')), ''), 3) AS meetOn,
  (SELECT group_concat(kind || ' ' || often, ', ') FROM (
    SELECT kind, count(*) AS often FROM finding AS one
    WHERE one.member_a = chosen.member_a AND one.member_b = chosen.member_b GROUP BY kind ORDER BY kind)) AS kinds,
  (SELECT group_concat(line, '; ') FROM (
    SELECT DISTINCT coalesce(l.code, l.name) || ' ' || relation || ' ' || coalesce(u.code, u.name)
      || ' (' || certainty || ')' AS line
    FROM relation JOIN reading ON reading.id = relation.reading
    JOIN term AS l ON l.id = lower JOIN term AS u ON u.id = upper
    WHERE lower = chosen.member_a AND upper = chosen.member_b OR lower = chosen.member_b AND upper = chosen.member_a
    ORDER BY line)) AS relations,
  a.iri AS memberA, b.iri AS memberB
FROM chosen JOIN term AS a ON a.id = member_a JOIN term AS b ON b.id = member_b
ORDER BY place
