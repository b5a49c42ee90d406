//! Shorter ways to rows that are asked for often.

crate::dialect::step!("m0007_ways", SQL);

// The unique indexes over `question_id` hold part of the rows only, so a query by question cannot rely on them.
const SQL: &str = "
CREATE INDEX decision_question ON decision (question_id);
CREATE INDEX assignment_question ON assignment (question_id);
ALTER TABLE session ADD COLUMN invitation_id @uuid;
";
