//! What tells who asks stands apart in the index of words, and a question is found by all that names its asker.

crate::dialect::step!("m0020_names", SQL, SQLITE, POSTGRES);

const SQLITE: &str = "
DROP TRIGGER partner_words;
@@
CREATE TRIGGER partner_words AFTER UPDATE OF name, pen_name, group_name, display_line, company_id ON partner BEGIN
  INSERT INTO question_stale (event_id, question_id)
    SELECT q.event_id, q.id FROM invitation i JOIN question q ON q.invitation_id = i.id
    WHERE i.partner_id = NEW.id AND q.number IS NOT NULL;
END
@@
";

const POSTGRES: &str = "
DROP TRIGGER partner_words ON partner;
CREATE TRIGGER partner_words AFTER UPDATE OF name, pen_name, group_name, display_line, company_id ON partner
  FOR EACH ROW EXECUTE FUNCTION partner_words();
";

// The words are written anew by whoever follows the questions.
const SQL: &str = "
DELETE FROM question_words;
UPDATE question_follow SET number = 0, change_seq = 0;
CREATE INDEX review_judged ON review (event_id, staff_id, question_id) WHERE scored_at IS NOT NULL OR abstained;
";
