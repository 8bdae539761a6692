-- Each finding, with the dimension of its members, if they are of one, and the word for what makes the two meet.
SELECT row_number() OVER (ORDER BY findings.iri) AS id, findings.iri, findings.name, named.language_of,
  CASE member_kind WHEN 'plan' THEN 'programme' ELSE member_kind END AS dimension,
  a.id, b.id, c.id,
  CASE
    WHEN cause IN (SELECT iri FROM actions) THEN 'action'
    WHEN cause IN (SELECT iri FROM events) THEN CASE findings.kind WHEN 'descent' THEN 'decision' ELSE 'joint session' END
    WHEN cause IN (SELECT iri FROM instruments) THEN 'instrument'
    WHEN cause IN (SELECT iri FROM topics) THEN 'theme'
    ELSE 'similar work'
  END AS cause_kind,
  findings.kind, grade, findings.certainty, is_node, pa.id, pb.id, score, shared_words, findings.decision, decisions.change,
  findings.evidence
FROM finding_rows AS findings
LEFT JOIN named ON named.thing = findings.iri
JOIN term AS a ON a.iri = member_a
JOIN term AS b ON b.iri = member_b
JOIN term AS c ON c.iri = cause
LEFT JOIN decisions ON decisions.finding = findings.iri
LEFT JOIN term AS pa ON pa.iri = plan_a
LEFT JOIN term AS pb ON pb.iri = plan_b
ORDER BY id
