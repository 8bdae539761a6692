-- twin of: 037513805639
-- iris: cause overlap
SELECT finding.id
FROM finding
JOIN term AS a ON a.id = member_a
JOIN term AS b ON b.id = member_b
JOIN term AS c ON c.id = cause
WHERE dimension = 'programme' AND grade <= :grade
  AND (:kind IS NULL OR kind = :kind)
  AND (:programme IS NULL OR :programme IN (a.iri, b.iri))
  AND (:on IS NULL OR EXISTS (SELECT 1 FROM finding_thing AS t WHERE t.finding = finding.id AND t.kind = :on))
ORDER BY grade, coalesce(a.code, a.name), coalesce(b.code, b.name), kind, c.name, finding.iri
-- shown
SELECT shortA AS programmeA, shortB AS programmeB, kind, causeKind, causeName, "causeName@", evidenceGrade, certainty, actions,
  things, stated, cause, overlap
FROM chosen JOIN found USING (id)
ORDER BY place
