-- twin of: d6367bc14148
-- iris: action
WITH one AS (SELECT id FROM term WHERE iri = :member), other AS (SELECT id FROM term WHERE iri = :other)
SELECT DISTINCT action.id
FROM finding
JOIN finding_action ON finding_action.finding = finding.id
JOIN action ON action.id = finding_action.action
JOIN term ON term.id = action.id
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
WHERE number IS NOT NULL AND position IS NOT NULL
  AND (:member IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN one OR member_b IN one))
  AND (:other IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN other OR member_b IN other))
  AND (:thing IS NULL OR finding.id IN (
    SELECT finding FROM finding_thing WHERE thing = (SELECT id FROM term WHERE iri = :thing)))
  AND (:secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere)
  AND (:plan IS NULL OR finding.id IN (
    SELECT f.finding FROM action AS p JOIN finding_action AS f ON f.action = p.id WHERE p.plan = :plan))
ORDER BY position, number, term.iri
-- shown
SELECT number, name AS title, language AS "title@", responsible, programme, timeframe, iri AS action
FROM chosen JOIN action USING (id) JOIN term USING (id)
ORDER BY place
