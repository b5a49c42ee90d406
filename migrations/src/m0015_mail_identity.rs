//! Who wrote a mail, what came in that is no answer, and which addresses no longer take mail.

crate::dialect::step!("m0015_mail_identity", SQL);

// Whom a mail comes from is judged when it is read, so the session's own facts are kept until then: the client's address,
// its greeting and (as `envelope_from`) its return path. An address is marked once, however often it comes back; it is open
// until somebody has seen to it. `mail_cap` counts what received mail causes, an address and hour a row.
const SQL: &str = "
ALTER TABLE incoming_mail ADD COLUMN client_ip text;
ALTER TABLE incoming_mail ADD COLUMN helo text;
ALTER TABLE incoming_mail ADD COLUMN authentication @json;
ALTER TABLE incoming_mail ADD COLUMN detail text;
ALTER TABLE incoming_mail ADD COLUMN back_on date;
ALTER TABLE incoming_mail ADD COLUMN crew_member_id @uuid REFERENCES crew_member (id);
ALTER TABLE incoming_mail ADD COLUMN outgoing_id @uuid REFERENCES outgoing_mail (id);
CREATE INDEX incoming_mail_outgoing ON incoming_mail (outgoing_id);
CREATE INDEX incoming_mail_noted ON incoming_mail (id) WHERE state = 'processed' AND class <> 'answer';

ALTER TABLE assignment ADD COLUMN chase_at @time;
ALTER TABLE assignment ADD COLUMN returned_at @time;

CREATE TABLE crew_address (
  id @uuid PRIMARY KEY NOT NULL,
  crew_member_id @uuid NOT NULL REFERENCES crew_member (id),
  email text NOT NULL,
  incoming_id @uuid REFERENCES incoming_mail (id),
  confirmed_by @uuid NOT NULL REFERENCES staff (id),
  confirmed_at @time NOT NULL,
  UNIQUE (crew_member_id, email)
);
CREATE INDEX crew_address_email ON crew_address (email);

CREATE TABLE marked_address (
  email text PRIMARY KEY NOT NULL,
  cause text NOT NULL CHECK (cause IN ('bounce', 'refused', 'complaint', 'unsubscribed', 'staff')),
  status text,
  words text NOT NULL,
  outgoing_id @uuid REFERENCES outgoing_mail (id),
  incoming_id @uuid REFERENCES incoming_mail (id),
  times integer NOT NULL,
  first_at @time NOT NULL,
  marked_at @time NOT NULL,
  settled_at @time,
  settled_by @uuid REFERENCES staff (id)
);
CREATE INDEX marked_address_open ON marked_address (marked_at) WHERE settled_at IS NULL;

CREATE TABLE mail_cap (
  email text NOT NULL,
  hour @time NOT NULL,
  n integer NOT NULL,
  PRIMARY KEY (email, hour)
);
";
