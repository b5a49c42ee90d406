//! Questions, decisions, assignments, answers, deliveries.

crate::dialect::step!("m0002_questions", SQL);

const SQL: &str = "
CREATE TABLE question (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  invitation_id @uuid NOT NULL REFERENCES invitation (id),
  service_id @uuid NOT NULL REFERENCES service (id),
  number integer,
  ordinal integer,
  body text NOT NULL,
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  prefers text NOT NULL CHECK (prefers IN ('stage', 'written', 'either')),
  naming text NOT NULL CHECK (naming IN ('full', 'company', 'none')),
  state text NOT NULL CHECK (state IN ('draft', 'received', 'live', 'routed', 'merged', 'declined', 'withdrawn')),
  merged_into @uuid REFERENCES question (id),
  decline_reason text,
  entered_by @uuid REFERENCES staff (id),
  version integer NOT NULL,
  created_at @time NOT NULL,
  received_at @time,
  updated_at @time NOT NULL,
  CHECK ((state = 'merged') = (merged_into IS NOT NULL))
);
CREATE INDEX question_event_state ON question (event_id, state);
CREATE INDEX question_invitation ON question (invitation_id);
CREATE UNIQUE INDEX question_number ON question (event_id, number) WHERE number IS NOT NULL;
CREATE UNIQUE INDEX question_ordinal ON question (invitation_id, ordinal) WHERE state NOT IN ('draft', 'withdrawn');

CREATE TABLE reverse_question (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  service_id @uuid REFERENCES service (id),
  body text NOT NULL,
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  state text NOT NULL CHECK (state IN ('proposed', 'picked', 'sent', 'dropped')),
  place integer,
  crew_member_id @uuid REFERENCES crew_member (id),
  speaker_id @uuid REFERENCES speaker (id),
  staff_id @uuid REFERENCES staff (id),
  version integer NOT NULL,
  created_at @time NOT NULL,
  CHECK ((state IN ('picked', 'sent')) = (place IS NOT NULL))
);
CREATE INDEX reverse_question_event ON reverse_question (event_id);
CREATE UNIQUE INDEX reverse_question_place ON reverse_question (event_id, place) WHERE place IS NOT NULL;

CREATE TABLE decision (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid NOT NULL REFERENCES question (id),
  kind text NOT NULL CHECK (kind IN ('live', 'route', 'decline', 'merge')),
  state text NOT NULL CHECK (state IN ('pending', 'released', 'dropped')),
  place integer,
  speaker_id @uuid REFERENCES speaker (id),
  service_id @uuid REFERENCES service (id),
  merged_into @uuid REFERENCES question (id),
  reason text,
  decided_by @uuid REFERENCES staff (id),
  decided_at @time NOT NULL,
  released_at @time,
  CHECK ((kind = 'live') = (place IS NOT NULL)),
  CHECK ((kind = 'route') = (service_id IS NOT NULL)),
  CHECK ((kind = 'merge') = (merged_into IS NOT NULL)),
  CHECK (kind <> 'decline' OR reason IS NOT NULL)
);
CREATE UNIQUE INDEX decision_one_pending ON decision (question_id) WHERE state = 'pending';
CREATE UNIQUE INDEX decision_live_place ON decision (event_id, place) WHERE place IS NOT NULL AND state <> 'dropped';
CREATE INDEX decision_event ON decision (event_id, state);

CREATE TABLE assignment (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid REFERENCES question (id),
  reverse_id @uuid REFERENCES reverse_question (id),
  service_id @uuid REFERENCES service (id),
  crew_member_id @uuid REFERENCES crew_member (id),
  invitation_id @uuid REFERENCES invitation (id),
  state text NOT NULL CHECK (state IN ('sent', 'reminded', 'answered', 'passed_on', 'asked_back', 'refused')),
  due_at @time NOT NULL,
  created_at @time NOT NULL,
  answered_at @time,
  CHECK ((question_id IS NULL) <> (reverse_id IS NULL)),
  CHECK ((crew_member_id IS NULL) <> (invitation_id IS NULL)),
  CHECK ((reverse_id IS NOT NULL) = (invitation_id IS NOT NULL))
);
CREATE UNIQUE INDEX assignment_one_crew ON assignment (question_id) WHERE question_id IS NOT NULL AND state NOT IN ('passed_on', 'refused');
CREATE UNIQUE INDEX assignment_reverse ON assignment (reverse_id, invitation_id) WHERE reverse_id IS NOT NULL;
CREATE INDEX assignment_event ON assignment (event_id, state);
CREATE INDEX assignment_crew ON assignment (crew_member_id);

CREATE TABLE answer (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid REFERENCES question (id),
  reverse_id @uuid REFERENCES reverse_question (id),
  assignment_id @uuid REFERENCES assignment (id),
  source text NOT NULL CHECK (source IN ('mail', 'link', 'stage', 'staff')),
  crew_member_id @uuid REFERENCES crew_member (id),
  speaker_id @uuid REFERENCES speaker (id),
  invitation_id @uuid REFERENCES invitation (id),
  staff_id @uuid REFERENCES staff (id),
  incoming_id @uuid,
  original text NOT NULL,
  body text NOT NULL,
  state text NOT NULL CHECK (state IN ('in_review', 'approved', 'returned')),
  position integer NOT NULL DEFAULT 0,
  version integer NOT NULL,
  received_at @time NOT NULL,
  reviewed_by @uuid REFERENCES staff (id),
  reviewed_at @time,
  CHECK ((question_id IS NULL) <> (reverse_id IS NULL))
);
CREATE INDEX answer_event ON answer (event_id, state);
CREATE INDEX answer_question ON answer (question_id);
CREATE INDEX answer_reverse ON answer (reverse_id);
CREATE INDEX answer_assignment ON answer (assignment_id);
CREATE UNIQUE INDEX answer_incoming ON answer (incoming_id) WHERE incoming_id IS NOT NULL;

CREATE TABLE delivery (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  answer_id @uuid NOT NULL REFERENCES answer (id),
  question_id @uuid NOT NULL REFERENCES question (id),
  invitation_id @uuid NOT NULL REFERENCES invitation (id),
  state text NOT NULL CHECK (state IN ('queued', 'sent', 'accepted', 'bounced', 'page_only')),
  outgoing_id @uuid,
  proof text,
  created_at @time NOT NULL,
  accepted_at @time,
  seen_at @time,
  UNIQUE (answer_id, question_id)
);
CREATE INDEX delivery_event ON delivery (event_id, state);
CREATE INDEX delivery_question ON delivery (question_id);
CREATE INDEX delivery_outgoing ON delivery (outgoing_id);

CREATE TABLE stage_run (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  question_id @uuid REFERENCES question (id),
  reverse_id @uuid REFERENCES reverse_question (id),
  version integer NOT NULL,
  updated_at @time NOT NULL
);
";
