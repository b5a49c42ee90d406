//! How far a moderator has read an event.

crate::dialect::step!("m0021_read_mark", SQL);

// All that stood in the inbox when the event's last question had this number and its last act of triage this place, this
// moderator has read. What is there for them to read came since: with a higher number, or back by a later act.
const SQL: &str = "
CREATE TABLE read_mark (
  event_id @uuid NOT NULL REFERENCES event (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  number integer NOT NULL,
  act bigint NOT NULL,
  PRIMARY KEY (event_id, staff_id)
);
";
