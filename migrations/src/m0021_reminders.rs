//! Who was reminded of what, by which rule of their event; and whether the clock is to be trusted.

crate::dialect::step!("m0021_reminders", SQL);

// An event without a rule of its own keeps to the ones in the program. A step is taken once for one due moment: an answer
// that was given back has a new one, and new steps. `reminder_listed` holds what each mail speaks of, so that an answer
// stops the mail also where it is one of several. `clock_watch` has one row: the last time that a process believed, and
// who doubts it.
const SQL: &str = "
CREATE TABLE reminder_rule (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  enabled @bool NOT NULL,
  before_days integer NOT NULL CHECK (before_days BETWEEN 0 AND 30),
  on_day @bool NOT NULL,
  after_days integer NOT NULL CHECK (after_days BETWEEN 0 AND 30),
  lead_days integer NOT NULL CHECK (lead_days BETWEEN 0 AND 30),
  moderator_days integer NOT NULL CHECK (moderator_days BETWEEN 0 AND 30),
  from_hour integer NOT NULL CHECK (from_hour >= 0),
  to_hour integer NOT NULL CHECK (to_hour > from_hour AND to_hour <= 24)
);
CREATE TABLE reminder (
  assignment_id @uuid NOT NULL REFERENCES assignment (id),
  due_at @time NOT NULL,
  step text NOT NULL CHECK (step IN ('before', 'due', 'after', 'lead', 'moderator')),
  outgoing_id @uuid REFERENCES outgoing_mail (id),
  at @time NOT NULL,
  PRIMARY KEY (assignment_id, due_at, step)
);
CREATE INDEX reminder_outgoing ON reminder (outgoing_id) WHERE outgoing_id IS NOT NULL;
CREATE TABLE reminder_listed (
  outgoing_id @uuid NOT NULL REFERENCES outgoing_mail (id),
  assignment_id @uuid NOT NULL REFERENCES assignment (id),
  PRIMARY KEY (outgoing_id, assignment_id)
);
CREATE INDEX reminder_listed_assignment ON reminder_listed (assignment_id);
CREATE TABLE clock_watch (
  name text PRIMARY KEY NOT NULL,
  at @time NOT NULL,
  doubt text,
  doubted_at @time,
  confirmed_at @time,
  confirmed_by @uuid REFERENCES staff (id)
);
";
