//! The run of show, what the operator did, the timer as it stands in the database, and what speakers prepare.

crate::dialect::step!("m0033_stage", SQL);

// A question stands in one run only, as does a question asked back; a pause has neither. What the hall sees has one row an
// event, and each of its versions is made by one act, which keeps what stood before it. An act is undone at most once.
const SQL: &str = "
CREATE TABLE stage_sheet (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  sitting_id @uuid REFERENCES sitting (id) ON DELETE CASCADE,
  starts_at @time,
  frozen_at @time,
  timer @bool NOT NULL,
  version integer NOT NULL
);
CREATE UNIQUE INDEX stage_sheet_sitting ON stage_sheet (sitting_id) WHERE sitting_id IS NOT NULL;
CREATE UNIQUE INDEX stage_sheet_whole ON stage_sheet (event_id) WHERE sitting_id IS NULL;
CREATE INDEX stage_sheet_event ON stage_sheet (event_id);
CREATE TABLE stage_line (
  id @uuid PRIMARY KEY NOT NULL,
  sheet_id @uuid NOT NULL REFERENCES stage_sheet (id) ON DELETE CASCADE,
  position integer NOT NULL,
  question_id @uuid UNIQUE REFERENCES question (id),
  reverse_id @uuid UNIQUE REFERENCES reverse_question (id),
  title text NOT NULL,
  minutes integer NOT NULL CHECK (minutes BETWEEN 0 AND 600),
  microphone text NOT NULL,
  note text NOT NULL,
  CHECK (question_id IS NULL OR reverse_id IS NULL)
);
CREATE INDEX stage_line_sheet ON stage_line (sheet_id, position);
ALTER TABLE stage_run ADD COLUMN pause_id @uuid REFERENCES stage_line (id) ON DELETE SET NULL;
ALTER TABLE stage_run ADD COLUMN sheet_id @uuid REFERENCES stage_sheet (id) ON DELETE SET NULL;
ALTER TABLE stage_run ADD COLUMN held @bool NOT NULL DEFAULT FALSE;
ALTER TABLE stage_run ADD COLUMN started_at @time;
ALTER TABLE stage_run ADD COLUMN used_ms bigint NOT NULL DEFAULT 0;
ALTER TABLE stage_run ADD COLUMN operator_id @uuid REFERENCES staff (id);
ALTER TABLE stage_run ADD COLUMN message text NOT NULL DEFAULT '';
UPDATE stage_run SET started_at = updated_at WHERE question_id IS NOT NULL OR reverse_id IS NOT NULL;
CREATE TABLE stage_cue (
  subject_id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  used_ms bigint NOT NULL CHECK (used_ms >= 0),
  answered_at @time
);
CREATE INDEX stage_cue_event ON stage_cue (event_id);
CREATE TABLE stage_act (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  version integer NOT NULL,
  kind text NOT NULL,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  at @time NOT NULL,
  stood @json NOT NULL,
  undoes @uuid REFERENCES stage_act (id)
);
CREATE UNIQUE INDEX stage_act_version ON stage_act (event_id, version);
CREATE UNIQUE INDEX stage_act_undoes ON stage_act (undoes) WHERE undoes IS NOT NULL;
CREATE TABLE stage_aside (
  answer_id @uuid NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  body text NOT NULL,
  at @time NOT NULL,
  PRIMARY KEY (answer_id, staff_id)
);
CREATE TABLE stage_draft (
  question_id @uuid NOT NULL REFERENCES question (id),
  speaker_id @uuid NOT NULL REFERENCES speaker (id),
  body text NOT NULL,
  version integer NOT NULL,
  at @time NOT NULL,
  PRIMARY KEY (question_id, speaker_id)
);
CREATE INDEX stage_draft_speaker ON stage_draft (speaker_id);
CREATE TABLE speaker_told (
  speaker_id @uuid PRIMARY KEY NOT NULL REFERENCES speaker (id) ON DELETE CASCADE,
  event_id @uuid NOT NULL REFERENCES event (id),
  questions text NOT NULL,
  version integer NOT NULL,
  at @time NOT NULL
);
CREATE INDEX speaker_told_event ON speaker_told (event_id);
CREATE TABLE stage_transcript (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  begins_at @time NOT NULL,
  body text NOT NULL,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  at @time NOT NULL
);
";
