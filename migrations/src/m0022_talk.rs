//! What asker and crew say to each other beside question and answer, and how often an asker may ask on.

crate::dialect::step!("m0022_talk", SQL);

// A mail becomes one message at most: the index says so. A follow-up that has its answer names it. Without a row in
// `talk_rule` an event goes by the default.
const SQL: &str = "
CREATE TABLE message (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  question_id @uuid NOT NULL REFERENCES question (id),
  assignment_id @uuid REFERENCES assignment (id),
  answer_id @uuid REFERENCES answer (id),
  kind text NOT NULL CHECK (kind IN ('ask', 'told', 'follow_up', 'stuck')),
  state text NOT NULL CHECK (state IN ('open', 'done', 'held', 'closed')),
  source text NOT NULL CHECK (source IN ('mail', 'page')),
  body text NOT NULL,
  crew_member_id @uuid REFERENCES crew_member (id),
  invitation_id @uuid REFERENCES invitation (id),
  incoming_id @uuid REFERENCES incoming_mail (id),
  created_at @time NOT NULL,
  settled_by @uuid REFERENCES staff (id),
  settled_at @time,
  CHECK ((crew_member_id IS NULL) <> (invitation_id IS NULL)),
  CHECK (kind IN ('ask', 'stuck') OR invitation_id IS NOT NULL)
);
CREATE INDEX message_question ON message (question_id, id);
CREATE INDEX message_assignment ON message (assignment_id);
CREATE INDEX message_answer ON message (answer_id) WHERE answer_id IS NOT NULL;
CREATE INDEX message_event ON message (event_id, state, id);
CREATE UNIQUE INDEX message_incoming ON message (incoming_id) WHERE incoming_id IS NOT NULL;

CREATE TABLE talk_rule (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  follow_ups integer NOT NULL CHECK (follow_ups BETWEEN 0 AND 20)
);
";
