-- What the tables of findings are made of; without one of these tables or columns there are none.
SELECT a.iri, a.number, a.position, a.plan, a.plan_name, a.responsible_text, a.programme_text, a.timeframe_text,
  b.iri, b.kind, e.iri, i.iri, pl.iri, t.iri,
  f.iri, f.name, f.member_kind, f.member_a, f.member_b, f.cause, f.kind, f.grade, f.certainty, f.plan_a, f.plan_b, f.score,
  f.shared_words, f.decision, f.evidence, d.finding, d.change, fp.finding, fp.place, fp.part, fp.points, fp.because, fx.finding, fx.side, fx.place, fx.reason,
  fa.finding, fa.action, fr.finding, fr.reading, ft.finding, ft.thing,
  r.action, r.party, r.how, r.is_group, s.subject, s.property, s.value, s.reading,
  re.iri, re.passage, re.certainty, pa.iri, pa.locator, n.thing
FROM actions AS a, bodies AS b, events AS e, instruments AS i, plans AS pl, topics AS t, findings AS f, decisions AS d,
  finding_parts AS fp, finding_reasons AS fx,
  finding_actions AS fa, finding_readings AS fr, finding_things AS ft, responsibilities AS r, evidence AS s,
  readings AS re, passages AS pa, names AS n
LIMIT 0
