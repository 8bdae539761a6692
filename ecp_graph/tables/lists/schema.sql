-- Answers of queries of the catalogue whose header says `stored`; `given` and `cells` are JSON.
CREATE TABLE answer (id INTEGER PRIMARY KEY, query TEXT, body TEXT, given TEXT, columns TEXT, rows INTEGER);
CREATE TABLE answer_row (answer INTEGER, place INTEGER, cells TEXT, PRIMARY KEY (answer, place)) WITHOUT ROWID;

-- What has a name, in the order of the length of its label; `line` is what it is found by, see ecp_graph.queries.search.
CREATE TABLE entry (
  id INTEGER PRIMARY KEY, iri TEXT, kind TEXT, label TEXT, codes TEXT, others TEXT, hidden TEXT, is_made INTEGER, line TEXT
);
CREATE TABLE code (code TEXT, entry INTEGER, PRIMARY KEY (code, entry)) WITHOUT ROWID;
CREATE TABLE word (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE part USING fts5 (line, content = '', tokenize = 'trigram');

-- Findings of overlap, with what they speak of by number.
CREATE TABLE term (id INTEGER PRIMARY KEY, iri TEXT, name TEXT, language TEXT, code TEXT, is_everywhere INTEGER);
-- The kinds and grades of findings, each at its place in their order.
CREATE TABLE mark (scheme TEXT, notation TEXT, name TEXT, language TEXT, place INTEGER, PRIMARY KEY (scheme, notation)) WITHOUT ROWID;
CREATE TABLE finding (
  id INTEGER PRIMARY KEY, iri TEXT, name TEXT, language TEXT, dimension TEXT, member_a INTEGER, member_b INTEGER, cause INTEGER,
  cause_kind TEXT, kind TEXT, grade TEXT, certainty TEXT, is_node INTEGER,
  plan_a INTEGER, plan_b INTEGER, score INTEGER, shared_words TEXT, decision TEXT, change TEXT,
  evidence TEXT
);
CREATE TABLE finding_thing (finding INTEGER, thing INTEGER, kind TEXT, PRIMARY KEY (finding, thing)) WITHOUT ROWID;
CREATE TABLE finding_action (finding INTEGER, action INTEGER, PRIMARY KEY (finding, action)) WITHOUT ROWID;
CREATE TABLE finding_reading (finding INTEGER, reading INTEGER, PRIMARY KEY (finding, reading)) WITHOUT ROWID;
CREATE TABLE finding_part (
  finding INTEGER, place INTEGER, part TEXT, points INTEGER, because TEXT, PRIMARY KEY (finding, place)
) WITHOUT ROWID;
CREATE TABLE finding_reason (
  finding INTEGER, side TEXT, place INTEGER, reason TEXT, PRIMARY KEY (finding, side, place)
) WITHOUT ROWID;
CREATE TABLE action (
  id INTEGER PRIMARY KEY, number TEXT, position INTEGER, plan TEXT, plan_name TEXT, plan_language TEXT, responsible TEXT, programme TEXT, timeframe TEXT
);
CREATE TABLE reading (id INTEGER PRIMARY KEY, locator TEXT, certainty TEXT);
CREATE TABLE responsible (action INTEGER, body INTEGER, PRIMARY KEY (action, body)) WITHOUT ROWID;
CREATE TABLE relation (lower INTEGER, relation TEXT, upper INTEGER, reading INTEGER);

-- A finding as lists tell of it.
CREATE VIEW found AS
SELECT finding.id, finding.iri AS overlap, finding.name AS overlapName, finding.language AS "overlapName@",
  dimension, kind, grade AS evidenceGrade,
  certainty, cause_kind AS causeKind, is_node,
  a.iri AS memberA, a.name AS memberAName, a.language AS "memberAName@", coalesce(a.code, a.name) AS shortA,
  b.iri AS memberB, b.name AS memberBName, b.language AS "memberBName@", coalesce(b.code, b.name) AS shortB,
  c.iri AS cause, c.name AS causeName, c.language AS "causeName@",
  a.is_everywhere OR b.is_everywhere AS is_everywhere,
  coalesce((
    SELECT group_concat(number, ', ') FROM (
      SELECT number FROM finding_action JOIN action ON action.id = finding_action.action JOIN term ON term.id = action.id
      WHERE finding_action.finding = finding.id AND number IS NOT NULL AND position IS NOT NULL ORDER BY position, term.iri
    )
  ), '') AS actions,
  coalesce((
    SELECT group_concat(name, '; ') FROM (
      SELECT name FROM finding_thing JOIN term ON term.id = finding_thing.thing
      WHERE finding_thing.finding = finding.id AND thing != finding.cause ORDER BY name, term.iri
    )
  ), '') AS things,
  coalesce((
    SELECT group_concat(locator, '; ') FROM (
      SELECT DISTINCT locator FROM finding_reading JOIN reading ON reading.id = finding_reading.reading
      WHERE finding_reading.finding = finding.id ORDER BY locator
    )
  ), '') AS stated
FROM finding
JOIN term AS a ON a.id = finding.member_a
JOIN term AS b ON b.id = finding.member_b
JOIN term AS c ON c.id = finding.cause;
