//! Places that are few and who waits for one; codes for the door; what was marked there, and who came without being on
//! any list.

crate::dialect::step!("m0034_door", SQL);

// Whoever says yes stands in line by the sitting's `turn`, whose row stays locked until the commit, and moves up at once
// when there is room: `waits` is their turn while they wait. An entry's mark has an id that the phone made, so the same
// mark sent twice is one.
const SQL: &str = "
ALTER TABLE sitting ADD COLUMN capacity integer CHECK (capacity > 0);
ALTER TABLE sitting ADD COLUMN remind_days integer CHECK (remind_days BETWEEN 0 AND 60);
ALTER TABLE sitting ADD COLUMN sequence integer NOT NULL DEFAULT 0;
ALTER TABLE sitting ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE programme_part ADD COLUMN place_en text NOT NULL DEFAULT '';
ALTER TABLE programme_part ADD COLUMN capacity integer CHECK (capacity > 0);
ALTER TABLE programme_part ADD COLUMN sequence integer NOT NULL DEFAULT 0;
ALTER TABLE programme_part ADD COLUMN turn bigint NOT NULL DEFAULT 0;
ALTER TABLE rsvp ADD COLUMN waits bigint CHECK (waits IS NULL OR coming = TRUE);
ALTER TABLE rsvp_interest ADD COLUMN waits bigint;
CREATE UNIQUE INDEX rsvp_waits ON rsvp (sitting_id, waits) WHERE waits IS NOT NULL;
CREATE UNIQUE INDEX rsvp_interest_waits ON rsvp_interest (part_id, waits) WHERE waits IS NOT NULL;
CREATE INDEX rsvp_interest_part ON rsvp_interest (part_id);
CREATE TABLE entry_code (
  invitation_id @uuid NOT NULL REFERENCES invitation (id),
  sitting_id @uuid NOT NULL REFERENCES sitting (id),
  code text NOT NULL UNIQUE,
  mailed_at @time,
  PRIMARY KEY (invitation_id, sitting_id)
);
CREATE INDEX entry_code_sitting ON entry_code (sitting_id);
CREATE TABLE walk_in (
  id @uuid PRIMARY KEY NOT NULL,
  sitting_id @uuid NOT NULL REFERENCES sitting (id),
  name text NOT NULL CHECK (name <> ''),
  company text NOT NULL DEFAULT '',
  at @time NOT NULL,
  received_at @time NOT NULL,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  device text NOT NULL,
  invitation_id @uuid REFERENCES invitation (id)
);
CREATE INDEX walk_in_sitting ON walk_in (sitting_id, at);
CREATE TABLE door_mark (
  id @uuid PRIMARY KEY NOT NULL,
  sitting_id @uuid NOT NULL REFERENCES sitting (id),
  invitation_id @uuid NOT NULL REFERENCES invitation (id),
  came @bool NOT NULL,
  at @time NOT NULL,
  received_at @time NOT NULL,
  staff_id @uuid REFERENCES staff (id),
  device text NOT NULL
);
CREATE INDEX door_mark_person ON door_mark (sitting_id, invitation_id, at);
";
