//! Groups of similar questions, as the survey proposed them, and the rules of joining: a joined question names a lead of
//! its own event that still goes its way, never itself, and a lead was not joined itself. So no chains and no circles.

crate::dialect::step!("m0011_similar", SQL, SQLITE, POSTGRES);

// A group's number is the number of its first question. `score_milli` is how near the question is to the nearest of its
// group. `one` and `other` of a dismissed pair stand in the order of their ids. `asked_*` is up to where a survey was asked for, `done_*` up to
// where the groups go.
const SQL: &str = "
CREATE TABLE similar_group (
  question_id @uuid PRIMARY KEY NOT NULL REFERENCES question (id),
  event_id @uuid NOT NULL REFERENCES event (id),
  group_no integer NOT NULL,
  score_milli integer NOT NULL CHECK (score_milli BETWEEN 0 AND 1000)
);
CREATE INDEX similar_group_event ON similar_group (event_id, group_no);
CREATE TABLE similar_dismissed (
  one @uuid NOT NULL REFERENCES question (id),
  other @uuid NOT NULL REFERENCES question (id),
  event_id @uuid NOT NULL REFERENCES event (id),
  dismissed_by @uuid NOT NULL REFERENCES staff (id),
  dismissed_at @time NOT NULL,
  PRIMARY KEY (one, other),
  CHECK (one < other)
);
CREATE INDEX similar_dismissed_event ON similar_dismissed (event_id);
CREATE TABLE similar_survey (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  asked_number integer NOT NULL,
  asked_change bigint NOT NULL,
  asked_at @time NOT NULL,
  done_number integer NOT NULL DEFAULT 0,
  done_change bigint NOT NULL DEFAULT 0,
  done_at @time
);
CREATE INDEX question_merged_into ON question (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX decision_merged_into ON decision (merged_into) WHERE merged_into IS NOT NULL;
";

// One writer at a time: what the triggers read stays as it is until they are done.
const SQLITE: &str = "
@@
CREATE TRIGGER question_join_insert BEFORE INSERT ON question WHEN NEW.merged_into IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'join: the lead is of this event, goes its way, is not joined itself')
    WHERE NOT EXISTS (SELECT 1 FROM question lead WHERE lead.id = NEW.merged_into AND lead.id <> NEW.id
      AND lead.event_id = NEW.event_id AND lead.merged_into IS NULL AND lead.state IN ('received', 'live', 'routed'));
END
@@

@@
CREATE TRIGGER question_join_update BEFORE UPDATE OF merged_into ON question
WHEN NEW.merged_into IS NOT NULL AND NEW.merged_into IS NOT OLD.merged_into BEGIN
  SELECT RAISE(ABORT, 'join: the lead is of this event, goes its way, is not joined itself')
    WHERE NOT EXISTS (SELECT 1 FROM question lead WHERE lead.id = NEW.merged_into AND lead.id <> NEW.id
      AND lead.event_id = NEW.event_id AND lead.merged_into IS NULL AND lead.state IN ('received', 'live', 'routed'));
  SELECT RAISE(ABORT, 'join: others are joined to this question')
    WHERE EXISTS (SELECT 1 FROM question follower WHERE follower.merged_into = NEW.id);
END
@@

@@
CREATE TRIGGER question_lead_leaves BEFORE UPDATE OF state ON question
WHEN NEW.state NOT IN ('received', 'live', 'routed') AND OLD.state IN ('received', 'live', 'routed') BEGIN
  SELECT RAISE(ABORT, 'join: others are joined to this question')
    WHERE EXISTS (SELECT 1 FROM question follower WHERE follower.merged_into = NEW.id);
END
@@

@@
CREATE TRIGGER question_event_stays BEFORE UPDATE OF event_id ON question WHEN NEW.event_id <> OLD.event_id BEGIN
  SELECT RAISE(ABORT, 'a question stays in its event');
END
@@

@@
CREATE TRIGGER decision_join_insert BEFORE INSERT ON decision WHEN NEW.merged_into IS NOT NULL AND NEW.state = 'pending' BEGIN
  SELECT RAISE(ABORT, 'join: the lead is of this event, goes its way, is not joined itself')
    WHERE NOT EXISTS (SELECT 1 FROM question lead WHERE lead.id = NEW.merged_into AND lead.id <> NEW.question_id
      AND lead.event_id = NEW.event_id AND lead.merged_into IS NULL AND lead.state IN ('received', 'live', 'routed'))
    OR EXISTS (SELECT 1 FROM decision theirs WHERE theirs.question_id = NEW.merged_into AND theirs.state = 'pending' AND theirs.merged_into IS NOT NULL);
  SELECT RAISE(ABORT, 'join: others are joined to this question')
    WHERE EXISTS (SELECT 1 FROM question follower WHERE follower.merged_into = NEW.question_id)
    OR EXISTS (SELECT 1 FROM decision theirs WHERE theirs.merged_into = NEW.question_id AND theirs.state = 'pending');
END
@@

@@
CREATE TRIGGER decision_join_update BEFORE UPDATE OF merged_into, state, question_id ON decision WHEN NEW.merged_into IS NOT NULL AND NEW.state = 'pending' BEGIN
  SELECT RAISE(ABORT, 'join: the lead is of this event, goes its way, is not joined itself')
    WHERE NOT EXISTS (SELECT 1 FROM question lead WHERE lead.id = NEW.merged_into AND lead.id <> NEW.question_id
      AND lead.event_id = NEW.event_id AND lead.merged_into IS NULL AND lead.state IN ('received', 'live', 'routed'))
    OR EXISTS (SELECT 1 FROM decision theirs WHERE theirs.question_id = NEW.merged_into AND theirs.state = 'pending' AND theirs.merged_into IS NOT NULL);
  SELECT RAISE(ABORT, 'join: others are joined to this question')
    WHERE EXISTS (SELECT 1 FROM question follower WHERE follower.merged_into = NEW.question_id)
    OR EXISTS (SELECT 1 FROM decision theirs WHERE theirs.merged_into = NEW.question_id AND theirs.state = 'pending');
END
@@
";

// Two who join crosswise must not both pass: each locks the two questions, in the order of their ids, before it looks.
// A query of a function sees what was committed before it began.
const POSTGRES: &str = "
@@
CREATE FUNCTION check_join(follower uuid, lead uuid, event uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM question WHERE id IN (follower, lead) ORDER BY id FOR NO KEY UPDATE;
  IF follower = lead OR NOT EXISTS (SELECT 1 FROM question q WHERE q.id = lead AND q.event_id = event
      AND q.merged_into IS NULL AND q.state IN ('received', 'live', 'routed')) THEN
    RAISE EXCEPTION 'join: the lead is of this event, goes its way, is not joined itself' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM question q WHERE q.merged_into = follower) THEN
    RAISE EXCEPTION 'join: others are joined to this question' USING ERRCODE = 'check_violation';
  END IF;
END $$
@@

@@
CREATE FUNCTION question_join() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF NEW.event_id <> OLD.event_id THEN
      RAISE EXCEPTION 'a question stays in its event' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state NOT IN ('received', 'live', 'routed') AND OLD.state IN ('received', 'live', 'routed')
        AND EXISTS (SELECT 1 FROM question q WHERE q.merged_into = NEW.id) THEN
      RAISE EXCEPTION 'join: others are joined to this question' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.merged_into IS NULL OR NEW.merged_into IS NOT DISTINCT FROM OLD.merged_into THEN
      RETURN NEW;
    END IF;
  END IF;
  IF NEW.merged_into IS NOT NULL THEN
    PERFORM check_join(NEW.id, NEW.merged_into, NEW.event_id);
  END IF;
  RETURN NEW;
END $$
@@

@@
CREATE TRIGGER question_join BEFORE INSERT OR UPDATE OF merged_into, state, event_id ON question
FOR EACH ROW EXECUTE FUNCTION question_join()
@@

@@
CREATE FUNCTION decision_join() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.merged_into IS NULL OR NEW.state <> 'pending' THEN
    RETURN NEW;
  END IF;
  PERFORM check_join(NEW.question_id, NEW.merged_into, NEW.event_id);
  IF EXISTS (SELECT 1 FROM decision d WHERE d.question_id = NEW.merged_into AND d.state = 'pending' AND d.merged_into IS NOT NULL) THEN
    RAISE EXCEPTION 'join: the lead is of this event, goes its way, is not joined itself' USING ERRCODE = 'check_violation';
  END IF;
  IF EXISTS (SELECT 1 FROM decision d WHERE d.merged_into = NEW.question_id AND d.state = 'pending') THEN
    RAISE EXCEPTION 'join: others are joined to this question' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$
@@

@@
CREATE TRIGGER decision_join BEFORE INSERT OR UPDATE OF merged_into, state, question_id ON decision
FOR EACH ROW EXECUTE FUNCTION decision_join()
@@
";
