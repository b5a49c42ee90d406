//! Places where printed copies of an issue lie, and how often the code there was opened, by day.

crate::dialect::step!("m0032_places", SQL);

const SQL: &str = "
CREATE TABLE place (
  id @uuid PRIMARY KEY NOT NULL,
  issue_id @uuid NOT NULL REFERENCES issue (id),
  code text NOT NULL UNIQUE,
  name text NOT NULL CHECK (name <> ''),
  address text NOT NULL DEFAULT '',
  copies integer NOT NULL CHECK (copies >= 0),
  note text NOT NULL DEFAULT '',
  version integer NOT NULL,
  created_at @time NOT NULL
);
CREATE INDEX place_issue ON place (issue_id, id);
CREATE TABLE place_read (
  place_id @uuid NOT NULL REFERENCES place (id) ON DELETE CASCADE,
  day date NOT NULL,
  reads bigint NOT NULL CHECK (reads > 0),
  PRIMARY KEY (place_id, day)
);
";
