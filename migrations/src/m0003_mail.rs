//! Mail out and in.

crate::dialect::step!("m0003_mail", SQL);

const SQL: &str = "
CREATE TABLE outgoing_mail (
  id @uuid PRIMARY KEY NOT NULL,
  kind text NOT NULL,
  state text NOT NULL CHECK (state IN ('draft', 'queued', 'sending', 'uncertain', 'sent', 'failed', 'dropped')),
  event_id @uuid REFERENCES event (id),
  invitation_id @uuid REFERENCES invitation (id),
  question_id @uuid REFERENCES question (id),
  assignment_id @uuid REFERENCES assignment (id),
  delivery_id @uuid REFERENCES delivery (id),
  to_name text NOT NULL,
  to_email text NOT NULL,
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  letter @json NOT NULL,
  reply_assignment_id @uuid REFERENCES assignment (id),
  reply_until integer,
  message_id text NOT NULL UNIQUE,
  dedup text NOT NULL UNIQUE,
  mail_date @time,
  bytes_sha256 text,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at @time NOT NULL,
  lease_until @time,
  lease_owner text,
  server_reply text,
  version integer NOT NULL,
  created_at @time NOT NULL,
  sent_at @time
);
CREATE INDEX outgoing_mail_due ON outgoing_mail (next_attempt_at) WHERE state IN ('queued', 'sending', 'uncertain');
CREATE INDEX outgoing_mail_event ON outgoing_mail (event_id, state);
CREATE INDEX outgoing_mail_open ON outgoing_mail (state) WHERE state NOT IN ('sent', 'dropped');

CREATE TABLE incoming_mail (
  id @uuid PRIMARY KEY NOT NULL,
  via text NOT NULL CHECK (via IN ('smtp', 'lmtp')),
  state text NOT NULL CHECK (state IN ('received', 'processed', 'quarantined', 'discarded')),
  envelope_from text NOT NULL,
  envelope_to text NOT NULL,
  raw @blob NOT NULL,
  content_hash text NOT NULL UNIQUE,
  message_id text,
  from_email text,
  subject text,
  class text,
  reason text,
  assignment_id @uuid REFERENCES assignment (id),
  event_id @uuid REFERENCES event (id),
  received_at @time NOT NULL,
  read_at @time
);
CREATE INDEX incoming_mail_state ON incoming_mail (state, received_at);
CREATE INDEX incoming_mail_assignment ON incoming_mail (assignment_id);
CREATE INDEX incoming_mail_message_id ON incoming_mail (message_id);

CREATE TABLE attachment (
  id @uuid PRIMARY KEY NOT NULL,
  incoming_id @uuid NOT NULL REFERENCES incoming_mail (id),
  answer_id @uuid REFERENCES answer (id),
  name text NOT NULL,
  media_type text NOT NULL,
  size bigint NOT NULL,
  sha256 text NOT NULL,
  bytes @blob NOT NULL
);
CREATE INDEX attachment_answer ON attachment (answer_id);
CREATE INDEX attachment_incoming ON attachment (incoming_id);
";
