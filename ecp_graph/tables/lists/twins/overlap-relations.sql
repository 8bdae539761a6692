-- twin of: 0da65a924043
-- iris: lower upper reading
SELECT relation.rowid AS id
FROM relation
JOIN reading ON reading.id = relation.reading
JOIN term AS l ON l.id = lower
JOIN term AS u ON u.id = upper
JOIN term AS r ON r.id = relation.reading
WHERE (:member IS NULL OR :member IN (l.iri, u.iri)) AND (:other IS NULL OR :other IN (l.iri, u.iri))
ORDER BY coalesce(l.code, l.name), relation, coalesce(u.code, u.name), locator, r.iri
-- shown
SELECT coalesce(l.code, l.name) AS lowerCode, relation, coalesce(u.code, u.name) AS upperCode, certainty,
  locator AS stated, l.iri AS lower, u.iri AS upper, r.iri AS reading
FROM chosen
JOIN relation ON relation.rowid = chosen.id
JOIN reading ON reading.id = relation.reading
JOIN term AS l ON l.id = lower
JOIN term AS u ON u.id = upper
JOIN term AS r ON r.id = relation.reading
ORDER BY place
