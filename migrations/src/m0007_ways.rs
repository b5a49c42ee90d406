//! Shorter ways to rows that are asked for often, and the counter of questions in a row of its own.

crate::dialect::step!("m0007_ways", SQL);

// The unique indexes over `question_id` hold part of the rows only, so a query by question cannot rely on them.
const SQL: &str = "
CREATE INDEX decision_question ON decision (question_id);
CREATE INDEX assignment_question ON assignment (question_id);
CREATE TABLE question_count (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  taken integer NOT NULL
);
INSERT INTO question_count (event_id, taken) SELECT id, next_number - 1 FROM event;
ALTER TABLE event DROP COLUMN next_number;
ALTER TABLE session ADD COLUMN invitation_id @uuid;
";
