//! How fast mail goes to one domain, within which hours, and who wants none.

crate::dialect::step!("m0020_mail_out", SQL, SQLITE, POSTGRES);

const SQLITE: &str = "
ALTER TABLE outgoing_mail ADD COLUMN to_domain text NOT NULL DEFAULT '';
UPDATE outgoing_mail SET to_domain = substr(to_email, instr(to_email, '@') + 1);
";
const POSTGRES: &str = "
ALTER TABLE outgoing_mail ADD COLUMN to_domain text NOT NULL DEFAULT '';
UPDATE outgoing_mail SET to_domain = split_part(to_email, '@', 2);
";

// `mail_domain` holds until when a domain has used up its share of a minute; its row without a name is the turn that
// every claim takes first, so that counts of what is under way are right on several nodes. Who unsubscribed is noted for
// one invitation, which is one person at one event.
const SQL: &str = "
ALTER TABLE outgoing_mail ADD COLUMN forced @bool NOT NULL DEFAULT FALSE;
ALTER TABLE outgoing_mail ADD COLUMN hours @json;
CREATE INDEX outgoing_mail_sending ON outgoing_mail (to_domain) WHERE state = 'sending';
CREATE INDEX outgoing_mail_assignment ON outgoing_mail (assignment_id, kind) WHERE assignment_id IS NOT NULL;
CREATE TABLE mail_domain (
  domain text PRIMARY KEY NOT NULL,
  free_at @time NOT NULL
);
INSERT INTO mail_domain (domain, free_at) VALUES ('', '2020-01-01 00:00:00+00:00');
CREATE TABLE unsubscribed (
  invitation_id @uuid PRIMARY KEY NOT NULL REFERENCES invitation (id),
  way text NOT NULL CHECK (way IN ('page', 'one_click', 'staff')),
  at @time NOT NULL
);
";
