CREATE UNIQUE INDEX entry_iri ON entry (iri);
CREATE UNIQUE INDEX term_iri ON term (iri);
CREATE UNIQUE INDEX finding_iri ON finding (iri);
CREATE INDEX finding_a ON finding (member_a, member_b);
CREATE INDEX finding_b ON finding (member_b, member_a);
CREATE INDEX finding_cause ON finding (cause);
CREATE INDEX finding_dimension ON finding (dimension, grade);
CREATE INDEX finding_of_thing ON finding_thing (thing, finding);
CREATE INDEX finding_of_action ON finding_action (action, finding);
