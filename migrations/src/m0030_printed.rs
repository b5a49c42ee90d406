//! Files that were made of what is published: PDF, EPUB, the picture behind a link.

crate::dialect::step!("m0030_printed", SQL, SQLITE, POSTGRES);

// What both engines have; it comes first, since triggers name it. At most one file of a kind is there for an article or an
// issue: whatever changes what readers see of it takes the file away in the same statement, pieces and all. (Another address
// does that, too, by the file's stamp: an editor's form names it at every save, and would destroy what still holds.) What is left
// of a file that was finished is its name, which says that it was there once.
macro_rules! tables {
    () => {
        "
CREATE TABLE printed (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid REFERENCES article (id) ON DELETE CASCADE,
  issue_id @uuid REFERENCES issue (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('pdf', 'epub', 'card')),
  stamp text NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'reading', 'setting', 'ready', 'failed')),
  reason text NOT NULL DEFAULT '',
  sha256 text,
  octets bigint NOT NULL DEFAULT 0,
  pages integer NOT NULL DEFAULT 0,
  asked_at @time NOT NULL,
  made_at @time,
  CHECK ((article_id IS NULL) <> (issue_id IS NULL)),
  CHECK ((state = 'ready') = (sha256 IS NOT NULL)),
  CHECK ((state IN ('ready', 'failed')) = (made_at IS NOT NULL))
);
CREATE UNIQUE INDEX printed_article ON printed (article_id, kind) WHERE article_id IS NOT NULL;
CREATE UNIQUE INDEX printed_issue ON printed (issue_id, kind) WHERE issue_id IS NOT NULL;
CREATE INDEX printed_made ON printed (made_at, id) WHERE state = 'ready';
CREATE INDEX printed_waiting ON printed (asked_at, id) WHERE state IN ('waiting', 'reading', 'setting');
CREATE TABLE printed_piece (
  printed_id @uuid NOT NULL REFERENCES printed (id) ON DELETE CASCADE,
  n integer NOT NULL CHECK (n >= 0),
  bytes @blob NOT NULL,
  PRIMARY KEY (printed_id, n)
);
CREATE TABLE printed_gone (
  of_id @uuid NOT NULL,
  kind text NOT NULL,
  sha256 text NOT NULL,
  PRIMARY KEY (of_id, kind, sha256)
);
"
    };
}

const SQLITE: &str = concat!(
    tables!(),
    "
@@
CREATE TRIGGER printed_destroyed AFTER DELETE ON printed WHEN OLD.sha256 IS NOT NULL BEGIN
  INSERT INTO printed_gone (of_id, kind, sha256) VALUES (coalesce(OLD.article_id, OLD.issue_id), OLD.kind, OLD.sha256)
    ON CONFLICT DO NOTHING;
END
@@

@@
CREATE TRIGGER article_unprinted AFTER UPDATE OF state, snapshot, published_at, corrected_at, hidden ON article BEGIN
  DELETE FROM printed WHERE article_id = NEW.id;
  DELETE FROM printed WHERE issue_id IN (SELECT issue_id FROM issue_item WHERE article_id = NEW.id);
END
@@

@@
CREATE TRIGGER issue_unprinted AFTER UPDATE ON issue BEGIN
  DELETE FROM printed WHERE issue_id = NEW.id;
END
@@
"
);

const POSTGRES: &str = concat!(
    tables!(),
    "
@@
CREATE FUNCTION printed_destroyed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO printed_gone (of_id, kind, sha256) VALUES (coalesce(OLD.article_id, OLD.issue_id), OLD.kind, OLD.sha256)
    ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$
@@
CREATE TRIGGER printed_destroyed AFTER DELETE ON printed
  FOR EACH ROW WHEN (OLD.sha256 IS NOT NULL) EXECUTE FUNCTION printed_destroyed();
@@
CREATE FUNCTION article_unprinted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM printed WHERE article_id = NEW.id;
  DELETE FROM printed WHERE issue_id IN (SELECT issue_id FROM issue_item WHERE article_id = NEW.id);
  RETURN NULL;
END $$
@@
CREATE TRIGGER article_unprinted AFTER UPDATE OF state, snapshot, published_at, corrected_at, hidden ON article
  FOR EACH ROW EXECUTE FUNCTION article_unprinted();
@@
CREATE FUNCTION issue_unprinted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM printed WHERE issue_id = NEW.id;
  RETURN NULL;
END $$
@@
CREATE TRIGGER issue_unprinted AFTER UPDATE ON issue FOR EACH ROW EXECUTE FUNCTION issue_unprinted();
"
);

const SQL: &str = "";
