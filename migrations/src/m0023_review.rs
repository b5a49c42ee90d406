//! Review: who edited an answer last, whether who edits may approve alone, and whose answers need no eyes at all.

crate::dialect::step!("m0023_review", SQL);

// Without a row in `review_rule` an event goes by the default: one pair of eyes is enough.
const SQL: &str = "
CREATE TABLE answer_edit (
  answer_id @uuid PRIMARY KEY NOT NULL REFERENCES answer (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  edited_at @time NOT NULL
);

CREATE TABLE review_rule (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  four_eyes @bool NOT NULL
);

CREATE TABLE auto_approval (
  event_id @uuid NOT NULL REFERENCES event (id),
  service_id @uuid NOT NULL REFERENCES service (id),
  PRIMARY KEY (event_id, service_id)
);
";
