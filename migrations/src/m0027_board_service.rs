//! A page of one service on the board is read along an index of its own: a service that few ask about would else be looked
//! for among all questions.

crate::dialect::step!("m0027_board_service", SERVICE);

const SERVICE: &str = "
CREATE INDEX question_service ON question (event_id, service_id, board, number);
";
