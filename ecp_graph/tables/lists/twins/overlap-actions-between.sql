-- twin of: b0b1f20a00b3
-- iris: finding
SELECT finding.id, plan_a = one.id AS is_in_order
FROM finding
JOIN term AS one ON one.iri = :first
JOIN term AS other ON other.iri = :second
LEFT JOIN action AS a ON a.id = iif(plan_a = one.id, member_a, member_b)
LEFT JOIN action AS b ON b.id = iif(plan_a = one.id, member_b, member_a)
LEFT JOIN mark ON scheme = 'kind' AND notation = kind
WHERE dimension = 'action' AND (plan_a = one.id AND plan_b = other.id OR plan_a = other.id AND plan_b = one.id)
  AND one.id != other.id
ORDER BY decision IS 'dismissed', place, grade, score DESC, a.position, b.position, finding.iri
-- shown
SELECT replace(:first, rtrim(:first, replace(replace(replace(:first, '/', ''), '#', ''), ':', '')), '') AS planA,
  coalesce(a.number, CAST(a.position AS TEXT), '') AS numberA,
  replace(:second, rtrim(:second, replace(replace(replace(:second, '/', ''), '#', ''), ':', '')), '') AS planB,
  coalesce(b.number, CAST(b.position AS TEXT), '') AS numberB,
  finding.kind AS class, finding.grade, score, finding.certainty,
  coalesce(nullif((
    SELECT group_concat(name, '; ') FROM (
      SELECT name FROM finding_thing JOIN term ON term.id = finding_thing.thing
      WHERE finding_thing.finding = finding.id AND finding_thing.kind IS NOT 'similar work' AND name IS NOT NULL
      ORDER BY name, term.iri)
  ), ''), shared_words, '') AS shared,
  coalesce(decision, '') AS decision, finding.iri AS finding
FROM chosen
JOIN finding USING (id)
LEFT JOIN action AS a ON a.id = iif(is_in_order, member_a, member_b)
LEFT JOIN action AS b ON b.id = iif(is_in_order, member_b, member_a)
ORDER BY chosen.place
