//! Ranked reserves, duplicates, decisions that know what they replaced, assignments that are taken back, and the column
//! of the board in which a question stands.

crate::dialect::step!("m0008_decisions", SQL, SQLITE, POSTGRES);

// A CHECK cannot be changed in place on SQLite, so its tables are made anew (sqlite.org/lang_altertable.html, section 7).
const SQLITE: &str = "
CREATE TABLE decision_new (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid NOT NULL REFERENCES question (id),
  kind text NOT NULL CHECK (kind IN ('live', 'reserve', 'route', 'decline', 'merge', 'duplicate')),
  state text NOT NULL CHECK (state IN ('pending', 'released', 'dropped')),
  place integer,
  rank integer,
  speaker_id @uuid REFERENCES speaker (id),
  service_id @uuid REFERENCES service (id),
  merged_into @uuid REFERENCES question (id),
  reason text,
  replaces @uuid REFERENCES decision_new (id),
  after_freeze @bool NOT NULL DEFAULT FALSE,
  decided_by @uuid REFERENCES staff (id),
  decided_at @time NOT NULL,
  released_at @time,
  CHECK ((kind = 'live') = (place IS NOT NULL)),
  CHECK ((kind = 'reserve') = (rank IS NOT NULL)),
  CHECK ((kind = 'route') = (service_id IS NOT NULL)),
  CHECK ((kind IN ('merge', 'duplicate')) = (merged_into IS NOT NULL)),
  CHECK (kind <> 'reserve' OR state <> 'released'),
  CHECK (kind <> 'decline' OR reason IS NOT NULL)
);
INSERT INTO decision_new (id, event_id, question_id, kind, state, place, speaker_id, service_id, merged_into, reason, decided_by, decided_at, released_at)
  SELECT id, event_id, question_id, kind, state, place, speaker_id, service_id, merged_into, reason, decided_by, decided_at, released_at FROM decision;
DROP TABLE decision;
ALTER TABLE decision_new RENAME TO decision;
CREATE UNIQUE INDEX decision_one_pending ON decision (question_id) WHERE state = 'pending';
CREATE UNIQUE INDEX decision_live_place ON decision (event_id, place) WHERE place IS NOT NULL AND state <> 'dropped';
CREATE INDEX decision_event ON decision (event_id, state);
CREATE INDEX decision_question ON decision (question_id);

CREATE TABLE assignment_new (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid REFERENCES question (id),
  reverse_id @uuid REFERENCES reverse_question (id),
  service_id @uuid REFERENCES service (id),
  crew_member_id @uuid REFERENCES crew_member (id),
  invitation_id @uuid REFERENCES invitation (id),
  state text NOT NULL CHECK (state IN ('sent', 'reminded', 'answered', 'passed_on', 'asked_back', 'refused', 'withdrawn')),
  due_at @time NOT NULL,
  created_at @time NOT NULL,
  answered_at @time,
  CHECK ((question_id IS NULL) <> (reverse_id IS NULL)),
  CHECK ((crew_member_id IS NULL) <> (invitation_id IS NULL)),
  CHECK ((reverse_id IS NOT NULL) = (invitation_id IS NOT NULL))
);
INSERT INTO assignment_new SELECT id, event_id, question_id, reverse_id, service_id, crew_member_id, invitation_id, state, due_at, created_at, answered_at FROM assignment;
DROP TABLE assignment;
ALTER TABLE assignment_new RENAME TO assignment;
CREATE UNIQUE INDEX assignment_reverse ON assignment (reverse_id, invitation_id) WHERE reverse_id IS NOT NULL;
CREATE INDEX assignment_event ON assignment (event_id, state);
CREATE INDEX assignment_crew ON assignment (crew_member_id);
CREATE INDEX assignment_question ON assignment (question_id);
";

const POSTGRES: &str = "
ALTER TABLE decision ADD COLUMN rank integer;
ALTER TABLE decision ADD COLUMN replaces uuid REFERENCES decision (id);
ALTER TABLE decision ADD COLUMN after_freeze boolean NOT NULL DEFAULT FALSE;
ALTER TABLE decision DROP CONSTRAINT decision_kind_check;
ALTER TABLE decision ADD CONSTRAINT decision_kind_check CHECK (kind IN ('live', 'reserve', 'route', 'decline', 'merge', 'duplicate'));
ALTER TABLE decision DROP CONSTRAINT decision_check2;
ALTER TABLE decision ADD CONSTRAINT decision_merge_check CHECK ((kind IN ('merge', 'duplicate')) = (merged_into IS NOT NULL));
ALTER TABLE decision ADD CONSTRAINT decision_rank_check CHECK ((kind = 'reserve') = (rank IS NOT NULL));
ALTER TABLE decision ADD CONSTRAINT decision_reserve_check CHECK (kind <> 'reserve' OR state <> 'released');
ALTER TABLE assignment DROP CONSTRAINT assignment_state_check;
ALTER TABLE assignment ADD CONSTRAINT assignment_state_check CHECK (state IN ('sent', 'reminded', 'answered', 'passed_on', 'asked_back', 'refused', 'withdrawn'));
DROP INDEX assignment_one_crew;
";

// `pending` is the kind of the decision that waits for its release: kept beside it so that `board` can be generated and
// one index serves every column of the board. `change_seq` counts what changed after it was received (edited,
// withdrawn), in the order of commits, since the counter's row is taken first: with the number, a sequence that the
// indexes of words and of similar questions follow.
const SQL: &str = "
CREATE UNIQUE INDEX decision_reserve_rank ON decision (event_id, rank) WHERE rank IS NOT NULL AND state <> 'dropped';
CREATE UNIQUE INDEX assignment_one_crew ON assignment (question_id) WHERE question_id IS NOT NULL AND state NOT IN ('passed_on', 'refused', 'withdrawn');
ALTER TABLE question ADD COLUMN pending text CHECK (pending IS NULL OR (state = 'received' AND pending IN ('live', 'reserve', 'route', 'decline', 'merge', 'duplicate')));
UPDATE question SET pending = (SELECT kind FROM decision WHERE decision.question_id = question.id AND decision.state = 'pending') WHERE state = 'received';
ALTER TABLE question ADD COLUMN board text GENERATED ALWAYS AS (
  CASE state
    WHEN 'received' THEN CASE coalesce(pending, '') WHEN '' THEN 'inbox' WHEN 'route' THEN 'crew' WHEN 'decline' THEN 'declined'
      WHEN 'merge' THEN 'merged' WHEN 'duplicate' THEN 'merged' ELSE pending END
    WHEN 'routed' THEN 'crew'
    WHEN 'live' THEN 'live'
    WHEN 'merged' THEN 'merged'
    WHEN 'declined' THEN 'declined'
  END) @generated;
CREATE INDEX question_board ON question (event_id, board, number);
ALTER TABLE question ADD COLUMN change_seq bigint;
CREATE INDEX question_change ON question (event_id, change_seq) WHERE change_seq IS NOT NULL;
ALTER TABLE question_count ADD COLUMN changes bigint NOT NULL DEFAULT 0;
";
