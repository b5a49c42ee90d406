//! A page of one service on the board is read along an index of its own: a service that few ask about would else be looked
//! for among all questions. What is late is listed from its index alone.

crate::dialect::step!("m0027_board_service", SQL);

const SQL: &str = "
CREATE INDEX question_service ON question (event_id, service_id, board, number);
DROP INDEX assignment_due;
CREATE INDEX assignment_due ON assignment (event_id, due_at, question_id) WHERE question_id IS NOT NULL AND state IN ('sent', 'reminded');
";
