//! The telephones in the hall: their address, what of the hall's questions they may read, votes and applause.

crate::dialect::step!("m0035_telephones", SQL);

// One vote a person: the primary keys say so. A voter is a keyed digest; when the telephones' page is closed, votes and
// applause become numbers, and the digests go.
const SQL: &str = "
ALTER TABLE event ADD COLUMN hall_code text;
ALTER TABLE event ADD COLUMN hall_from @time;
ALTER TABLE event ADD COLUMN hall_asks_until @time;
CREATE UNIQUE INDEX event_hall_code ON event (hall_code) WHERE hall_code IS NOT NULL;
CREATE TABLE hall_question (
  question_id @uuid PRIMARY KEY NOT NULL REFERENCES question (id),
  event_id @uuid NOT NULL REFERENCES event (id),
  shown @bool NOT NULL,
  votes integer NOT NULL DEFAULT 0 CHECK (votes >= 0),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  at @time NOT NULL
);
CREATE INDEX hall_question_event ON hall_question (event_id);
CREATE TABLE hall_vote (
  question_id @uuid NOT NULL REFERENCES hall_question (question_id),
  voter text NOT NULL,
  at @time NOT NULL,
  PRIMARY KEY (question_id, voter)
);
CREATE TABLE hall_applause (
  subject_id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  people integer NOT NULL CHECK (people >= 0)
);
CREATE INDEX hall_applause_event ON hall_applause (event_id);
CREATE TABLE hall_clap (
  subject_id @uuid NOT NULL REFERENCES hall_applause (subject_id),
  voter text NOT NULL,
  at @time NOT NULL,
  PRIMARY KEY (subject_id, voter)
);
";
