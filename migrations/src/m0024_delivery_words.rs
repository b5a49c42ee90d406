//! The mail that brings an answer may be worded by the event, too.

crate::dialect::step!("m0024_delivery_words", "", SQLITE, POSTGRES);

// SQLite cannot change a CHECK; nothing refers to this table.
const SQLITE: &str = "
CREATE TABLE mail_template_new (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  kind text NOT NULL CHECK (kind IN ('live', 'routed', 'declined', 'merged', 'duplicate', 'assignment', 'delivery')),
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  subject text NOT NULL,
  body text NOT NULL,
  version integer NOT NULL,
  updated_by @uuid REFERENCES staff (id),
  updated_at @time NOT NULL,
  UNIQUE (event_id, kind, lang)
);
INSERT INTO mail_template_new SELECT id, event_id, kind, lang, subject, body, version, updated_by, updated_at FROM mail_template;
DROP TABLE mail_template;
ALTER TABLE mail_template_new RENAME TO mail_template;
";

const POSTGRES: &str = "
ALTER TABLE mail_template DROP CONSTRAINT mail_template_kind_check;
ALTER TABLE mail_template ADD CONSTRAINT mail_template_kind_check CHECK (kind IN ('live', 'routed', 'declined', 'merged', 'duplicate', 'assignment', 'delivery'));
";
