-- twin of: 37f406e95f26
-- iris: memberA memberB thing cause overlap
SELECT finding.id, finding_thing.thing AS it
FROM finding_thing
JOIN finding ON finding.id = finding_thing.finding
JOIN term ON term.id = finding_thing.thing
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
WHERE (:thing IS NULL OR finding_thing.thing = (SELECT id FROM term WHERE iri = :thing))
  AND dimension = coalesce(:dimension, dimension)
  AND (:secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere)
  AND (:plan IS NULL OR finding.id IN (
    SELECT f.finding FROM action AS p JOIN finding_action AS f ON f.action = p.id WHERE p.plan = :plan))
ORDER BY dimension, grade, a.name, b.name, finding.iri, term.iri
-- shown
SELECT found.dimension, memberAName, "memberAName@", memberBName, "memberBName@", found.kind, kinds.name AS kindName, kinds.language AS "kindName@", causeKind,
  causeName, "causeName@", evidenceGrade, grades.name AS gradeName,
  grades.language AS "gradeName@", found.certainty, actions, stated, coalesce(decision, '') AS decision, term.name AS thingName,
  term.language AS "thingName@", memberA, memberB, term.iri AS thing, found.cause, overlap
FROM chosen
JOIN found USING (id)
JOIN finding USING (id)
JOIN term ON term.id = it
LEFT JOIN mark AS kinds ON kinds.scheme = 'kind' AND kinds.notation = found.kind
LEFT JOIN mark AS grades ON grades.scheme = 'grade' AND grades.notation = evidenceGrade
ORDER BY chosen.place
