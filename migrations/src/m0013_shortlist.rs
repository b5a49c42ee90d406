//! What each decision put in the place of what, so that it can be undone; the turn in which an event's decisions are
//! made; what the hall has seen; an index that the balance is counted from.

crate::dialect::step!("m0013_shortlist", SQL);

// Every decision takes its event's turn first: the row of `shortlist` stays locked until the commit, so places and ranks
// change one after the other, and no two moderators wait for each other crosswise. An act is undone at most once: the
// index says so. An act without staff is a reserve's move up, `because` of the act that freed the place.
const SQL: &str = "
CREATE TABLE shortlist (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  acts bigint NOT NULL
);
CREATE TABLE triage_act (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  seq bigint NOT NULL,
  question_id @uuid NOT NULL REFERENCES question (id),
  staff_id @uuid REFERENCES staff (id),
  at @time NOT NULL,
  dropped @uuid REFERENCES decision (id),
  made @uuid REFERENCES decision (id),
  undoes @uuid REFERENCES triage_act (id),
  because @uuid REFERENCES triage_act (id),
  back @bool NOT NULL,
  CHECK (dropped IS NOT NULL OR made IS NOT NULL),
  CHECK (back = FALSE OR undoes IS NOT NULL)
);
CREATE UNIQUE INDEX triage_act_seq ON triage_act (event_id, seq);
CREATE UNIQUE INDEX triage_act_undoes ON triage_act (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX triage_act_question ON triage_act (question_id, seq);
CREATE INDEX triage_act_staff ON triage_act (staff_id, event_id, seq);
CREATE INDEX triage_act_made ON triage_act (made);
CREATE INDEX triage_act_because ON triage_act (because) WHERE because IS NOT NULL;
INSERT INTO triage_act (id, event_id, seq, question_id, staff_id, at, dropped, made, undoes, because, back)
  SELECT id, event_id, row_number() OVER (PARTITION BY event_id ORDER BY decided_at, id), question_id, decided_by, decided_at,
    NULL, id, NULL, NULL, FALSE FROM decision WHERE state <> 'dropped';
INSERT INTO shortlist (event_id, acts) SELECT event_id, count(*) FROM triage_act GROUP BY event_id;
CREATE TABLE stage_seen (
  question_id @uuid PRIMARY KEY NOT NULL REFERENCES question (id),
  event_id @uuid NOT NULL REFERENCES event (id),
  at @time NOT NULL
);
CREATE INDEX question_asked ON question (event_id, invitation_id, service_id, lang) WHERE state NOT IN ('draft', 'withdrawn');
";
