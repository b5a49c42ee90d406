//! The rehearsal of a stage: what it writes, in rows of its own.

crate::dialect::step!("m0036_rehearsal", SQL);

// All that a rehearsal does is one document, which no reader of the day's rows can take for the day, and which is gone with
// its row; as is what telephones pressed. One an event, so two who begin at once begin one.
const SQL: &str = "
CREATE TABLE stage_rehearsal (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  id @uuid NOT NULL UNIQUE,
  hall_code text NOT NULL UNIQUE,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  began_at @time NOT NULL,
  kept_at @time NOT NULL,
  book @json NOT NULL
);
CREATE TABLE rehearsal_mark (
  event_id @uuid NOT NULL REFERENCES stage_rehearsal (event_id) ON DELETE CASCADE,
  subject_id @uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('clap', 'vote')),
  voter text NOT NULL,
  PRIMARY KEY (event_id, subject_id, kind, voter)
);
";
