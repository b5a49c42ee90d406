//! Two more ways in for mail (IMAP, webhook), and how a database tells that it was put back from a backup.

crate::dialect::step!("m0019_mail_in", SQL, SQLITE, POSTGRES);

// A CHECK cannot be changed in place on SQLite; a column can be put in the place of another.
const SQLITE: &str = "
ALTER TABLE incoming_mail ADD COLUMN door text NOT NULL DEFAULT 'smtp' CHECK (door IN ('smtp', 'lmtp', 'imap', 'hook'));
UPDATE incoming_mail SET door = via;
ALTER TABLE incoming_mail DROP COLUMN via;
ALTER TABLE incoming_mail RENAME COLUMN door TO via;
";

const POSTGRES: &str = "
ALTER TABLE incoming_mail DROP CONSTRAINT incoming_mail_via_check;
ALTER TABLE incoming_mail ADD CONSTRAINT incoming_mail_via_check CHECK (via IN ('smtp', 'lmtp', 'imap', 'hook'));
";

// `mail_folder` holds how far a folder was read; it moves in the transaction that keeps the mail. `mail_origin` says where
// a mail lies on its server, or why it was passed over; it is settled once that was done there which is asked for.
// `installation` is one row; `beat` goes up as long as mails are sent, and a file beside the process follows it: a
// database whose beat is behind the file was put back from a backup.
const SQL: &str = "
ALTER TABLE incoming_mail ADD COLUMN raw_kept @bool NOT NULL DEFAULT TRUE;
CREATE INDEX incoming_mail_raw ON incoming_mail (read_at) WHERE raw_kept;
CREATE TABLE mail_folder (
  mailbox text NOT NULL,
  folder text NOT NULL,
  uid_validity bigint NOT NULL,
  last_uid bigint NOT NULL,
  updated_at @time NOT NULL,
  PRIMARY KEY (mailbox, folder)
);
CREATE TABLE mail_lease (
  mailbox text PRIMARY KEY NOT NULL,
  owner text NOT NULL,
  lease_until @time NOT NULL
);
CREATE TABLE mail_origin (
  mailbox text NOT NULL,
  folder text NOT NULL,
  uid_validity bigint NOT NULL,
  uid bigint NOT NULL,
  incoming_id @uuid REFERENCES incoming_mail (id),
  skipped text,
  settled_at @time,
  PRIMARY KEY (mailbox, folder, uid_validity, uid),
  CHECK ((incoming_id IS NULL) <> (skipped IS NULL))
);
CREATE INDEX mail_origin_open ON mail_origin (mailbox, folder) WHERE settled_at IS NULL;
CREATE INDEX mail_origin_incoming ON mail_origin (incoming_id);
CREATE TABLE hook_delivery (
  hook text NOT NULL,
  delivery text NOT NULL,
  incoming_id @uuid NOT NULL REFERENCES incoming_mail (id),
  received_at @time NOT NULL,
  PRIMARY KEY (hook, delivery)
);
CREATE TABLE installation (
  one integer PRIMARY KEY NOT NULL CHECK (one = 1),
  mark text NOT NULL,
  beat bigint NOT NULL,
  held_at @time,
  held_why text
);
";
