//! Reading and scoring: criteria, what each moderator read and how they scored it, notes among staff, the copy for stage
//! and print; and the settings of an event's triage.

crate::dialect::step!("m0010_reading", SQL);

// A review is that somebody has read the question; `scored_at` stands once they scored it, `score_milli` is their
// weighted mean in thousandths, kept so that a question's figures need no look at its marks. `question_score` is
// recomputed with each review; its indexes serve the board by mean, by spread and by readers.
const SQL: &str = "
CREATE TABLE triage_setting (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  blind @bool NOT NULL DEFAULT FALSE,
  own_first @bool NOT NULL DEFAULT TRUE,
  frozen_at @time,
  freeze_at @time,
  max_per_company integer NOT NULL DEFAULT 1 CHECK (max_per_company > 0),
  max_per_service integer NOT NULL DEFAULT 3 CHECK (max_per_service > 0)
);
CREATE TABLE criterion (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  name text NOT NULL,
  name_en text NOT NULL,
  weight integer NOT NULL CHECK (weight BETWEEN 1 AND 9),
  position integer NOT NULL
);
CREATE UNIQUE INDEX criterion_position ON criterion (event_id, position);
CREATE TABLE review (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid NOT NULL REFERENCES question (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  abstained @bool NOT NULL,
  comment text,
  read_at @time NOT NULL,
  scored_at @time,
  score_milli integer CHECK (score_milli BETWEEN 1000 AND 5000),
  version integer NOT NULL,
  CHECK (abstained = FALSE OR scored_at IS NULL),
  CHECK ((scored_at IS NULL) = (score_milli IS NULL))
);
CREATE UNIQUE INDEX review_one ON review (question_id, staff_id);
CREATE INDEX review_staff ON review (event_id, staff_id, question_id);
CREATE TABLE mark (
  review_id @uuid NOT NULL REFERENCES review (id),
  criterion_id @uuid NOT NULL REFERENCES criterion (id),
  value integer NOT NULL CHECK (value BETWEEN 1 AND 5),
  PRIMARY KEY (review_id, criterion_id)
);
CREATE INDEX mark_criterion ON mark (criterion_id);
CREATE TABLE question_score (
  question_id @uuid PRIMARY KEY NOT NULL REFERENCES question (id),
  event_id @uuid NOT NULL REFERENCES event (id),
  readers integer NOT NULL,
  scored integer NOT NULL,
  mean_milli integer,
  median_milli integer,
  spread_milli integer,
  CHECK (scored BETWEEN 0 AND readers),
  CHECK ((scored = 0) = (mean_milli IS NULL)),
  CHECK ((mean_milli IS NULL) = (median_milli IS NULL)),
  CHECK ((mean_milli IS NULL) = (spread_milli IS NULL))
);
CREATE INDEX question_score_mean ON question_score (event_id, mean_milli, question_id);
CREATE INDEX question_score_spread ON question_score (event_id, spread_milli, question_id);
CREATE INDEX question_score_readers ON question_score (event_id, readers, question_id);
CREATE TABLE note (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid NOT NULL REFERENCES question (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  body text NOT NULL,
  created_at @time NOT NULL
);
CREATE INDEX note_question ON note (question_id, created_at);
CREATE TABLE note_mention (
  note_id @uuid NOT NULL REFERENCES note (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  seen_at @time,
  PRIMARY KEY (note_id, staff_id)
);
CREATE INDEX note_mention_staff ON note_mention (staff_id, note_id);
CREATE INDEX note_mention_unseen ON note_mention (staff_id) WHERE seen_at IS NULL;
CREATE TABLE question_copy (
  question_id @uuid PRIMARY KEY NOT NULL REFERENCES question (id),
  event_id @uuid NOT NULL REFERENCES event (id),
  body text NOT NULL,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  version integer NOT NULL,
  updated_at @time NOT NULL
);
CREATE INDEX question_copy_event ON question_copy (event_id);
";
