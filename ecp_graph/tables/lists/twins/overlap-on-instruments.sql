-- twin of: 030af51dcac3
-- iris: instrument cause overlap
WITH it AS (SELECT id FROM term WHERE iri = :body)
SELECT finding.id, finding_thing.thing AS instrument
FROM finding
JOIN finding_thing ON finding_thing.finding = finding.id
JOIN term AS thing ON thing.id = finding_thing.thing
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
WHERE dimension = 'body' AND finding_thing.kind = 'instrument' AND grade <= :grade
  AND (:instrument IS NULL OR finding_thing.thing = (SELECT id FROM term WHERE iri = :instrument))
  AND (:kind IS NULL OR finding.kind = :kind)
  AND (:body IS NULL OR finding.id IN (SELECT id FROM finding WHERE member_a IN it OR member_b IN it))
  AND (:secretariat = 'with' OR NOT a.is_everywhere AND NOT b.is_everywhere)
ORDER BY grade, coalesce(a.code, a.name), coalesce(b.code, b.name), thing.name, finding.iri
-- shown
SELECT shortA AS bodyA, shortB AS bodyB, term.name AS instrumentName, term.language AS "instrumentName@", kind,
  causeKind, causeName, "causeName@", evidenceGrade, certainty, actions, stated, term.iri AS instrument, cause, overlap
FROM chosen JOIN found USING (id) JOIN term ON term.id = chosen.instrument
ORDER BY place
