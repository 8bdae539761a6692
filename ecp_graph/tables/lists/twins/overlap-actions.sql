-- twin of: 46448d7cdf2c
-- iris: cause overlap
WITH it AS (SELECT id FROM term WHERE iri = :action)
SELECT finding.id, a.position < b.position OR a.position = b.position AS is_in_order,
  min(a.position, b.position) AS first, max(a.position, b.position) AS last
FROM finding
JOIN action AS a ON a.id = member_a
JOIN action AS b ON b.id = member_b
JOIN term AS c ON c.id = cause
WHERE dimension = 'action' AND grade <= :grade AND a.number IS NOT NULL AND b.number IS NOT NULL
  AND (:kind IS NULL OR kind = :kind)
  AND (:action IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN it OR member_b IN it))
  AND (:on IS NULL OR EXISTS (SELECT 1 FROM finding_thing AS t WHERE t.finding = finding.id AND t.kind = :on))
  AND (:plan IS NULL OR finding.id IN (
    SELECT f.finding FROM action AS p JOIN finding_action AS f ON f.action = p.id WHERE p.plan = :plan))
ORDER BY grade, first, last, c.name, finding.iri
-- shown
SELECT iif(is_in_order, a.number, b.number) AS numberA, iif(is_in_order, b.number, a.number) AS numberB,
  iif(is_in_order, memberAName, memberBName) AS titleA, iif(is_in_order, "memberAName@", "memberBName@") AS "titleA@",
  iif(is_in_order, memberBName, memberAName) AS titleB, iif(is_in_order, "memberBName@", "memberAName@") AS "titleB@",
  found.kind, causeKind, causeName, "causeName@", evidenceGrade, found.certainty, things,
  coalesce((
    SELECT group_concat(code, ', ') FROM (
      SELECT DISTINCT coalesce(code, name) AS code
      FROM responsible AS one JOIN responsible AS other USING (body) JOIN term ON term.id = body
      WHERE one.action = finding.member_a AND other.action = finding.member_b ORDER BY 1
    )
  ), '') AS sharedBodies,
  coalesce(finding.decision, '') AS decision,
  iif(is_in_order, a.plan_name, b.plan_name) AS planA, iif(is_in_order, a.plan_language, b.plan_language) AS "planA@",
  iif(is_in_order, b.plan_name, a.plan_name) AS planB, iif(is_in_order, b.plan_language, a.plan_language) AS "planB@",
  found.cause, overlap
FROM chosen
JOIN found USING (id)
JOIN finding USING (id)
JOIN action AS a ON a.id = finding.member_a
JOIN action AS b ON b.id = finding.member_b
ORDER BY place
