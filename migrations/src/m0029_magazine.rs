//! The magazine: issues and their contents, and the index by which what is published is found.

crate::dialect::step!("m0029_magazine", SQL, SQLITE, POSTGRES);

// What both engines have; it comes first, since triggers name it.
macro_rules! tables {
    () => {
        "
ALTER TABLE article ADD COLUMN hidden @bool NOT NULL DEFAULT false;
CREATE TABLE article_facet (
  article_id @uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('year', 'service', 'keyword')),
  value text NOT NULL,
  at @time NOT NULL,
  PRIMARY KEY (article_id, kind, value)
);
CREATE TABLE issue (
  id @uuid PRIMARY KEY NOT NULL,
  number integer NOT NULL UNIQUE CHECK (number > 0),
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  title text NOT NULL,
  standfirst text NOT NULL DEFAULT '',
  tone text NOT NULL CHECK (tone IN ('ink', 'clay', 'pine', 'plum')),
  cover text REFERENCES asset (sha256),
  cover_alt text NOT NULL DEFAULT '',
  state text NOT NULL CHECK (state IN ('draft', 'shown', 'hidden')),
  shown_at @time,
  version integer NOT NULL,
  created_at @time NOT NULL,
  updated_at @time NOT NULL,
  CHECK (state = 'draft' OR shown_at IS NOT NULL)
);
CREATE TABLE issue_item (
  id @uuid PRIMARY KEY NOT NULL,
  issue_id @uuid NOT NULL REFERENCES issue (id),
  position integer NOT NULL CHECK (position > 0),
  title text NOT NULL DEFAULT '',
  article_id @uuid UNIQUE REFERENCES article (id),
  CHECK ((article_id IS NULL) = (title <> ''))
);
"
    };
}

// What readers may see of the articles is found by `article_words` and `article_facet`. Whatever changes what they may
// see takes the article out of both in the same statement, and notes it in `article_stale`: so neither ever holds what was
// taken back, and a follower puts in again what may stand there.
const SQLITE: &str = concat!(
    tables!(),
    "CREATE TABLE article_slot (
  slot integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  article_id @uuid NOT NULL UNIQUE,
  at @time NOT NULL
);
CREATE VIRTUAL TABLE article_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2');
CREATE TABLE article_stale (
  id integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  article_id @uuid NOT NULL
);
@@
CREATE TRIGGER article_unindexed AFTER UPDATE OF state, snapshot, published_at, hidden ON article BEGIN
  DELETE FROM article_words WHERE rowid = (SELECT slot FROM article_slot WHERE article_id = NEW.id);
  DELETE FROM article_facet WHERE article_id = NEW.id;
  INSERT INTO article_stale (article_id) VALUES (NEW.id);
END
@@

@@
CREATE TRIGGER article_arrived AFTER INSERT ON article WHEN NEW.state IN ('published', 'corrected') BEGIN
  INSERT INTO article_stale (article_id) VALUES (NEW.id);
  UPDATE article_change SET version = version + 1;
END
@@

@@
CREATE TRIGGER article_forgotten AFTER DELETE ON article BEGIN
  DELETE FROM article_words WHERE rowid = (SELECT slot FROM article_slot WHERE article_id = OLD.id);
  DELETE FROM article_slot WHERE article_id = OLD.id;
  DELETE FROM article_facet WHERE article_id = OLD.id;
END
@@

@@
CREATE TRIGGER article_hidden AFTER UPDATE OF hidden ON article BEGIN
  UPDATE article_change SET version = version + 1;
END
@@

@@
CREATE TRIGGER issue_changed AFTER UPDATE ON issue BEGIN
  UPDATE article_change SET version = version + 1;
END
@@

@@
CREATE TRIGGER issue_deleted AFTER DELETE ON issue BEGIN
  UPDATE article_change SET version = version + 1;
END
@@
"
);

const POSTGRES: &str = concat!(
    tables!(),
    "CREATE TABLE article_words (
  article_id uuid NOT NULL,
  piece integer NOT NULL,
  at timestamptz NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (article_id, piece)
);
CREATE INDEX article_words_words ON article_words USING gin (words);
CREATE TABLE article_stale (
  id bigserial PRIMARY KEY NOT NULL,
  article_id uuid NOT NULL
);
@@
CREATE FUNCTION article_unindexed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM article_words WHERE article_id = OLD.id;
    DELETE FROM article_facet WHERE article_id = OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO article_stale (article_id) VALUES (NEW.id);
  END IF;
  RETURN NULL;
END $$
@@
CREATE TRIGGER article_unindexed AFTER DELETE OR UPDATE OF state, snapshot, published_at, hidden ON article
  FOR EACH ROW EXECUTE FUNCTION article_unindexed();
CREATE TRIGGER article_arrived AFTER INSERT ON article
  FOR EACH ROW WHEN (NEW.state IN ('published', 'corrected')) EXECUTE FUNCTION article_unindexed();
@@
CREATE CONSTRAINT TRIGGER article_counted AFTER INSERT ON article
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state IN ('published', 'corrected')) EXECUTE FUNCTION article_changed()
@@

@@
CREATE CONSTRAINT TRIGGER article_hidden AFTER UPDATE OF hidden ON article
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION article_changed()
@@

@@
CREATE CONSTRAINT TRIGGER issue_changed AFTER DELETE OR UPDATE ON issue
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION article_changed()
@@
"
);

// The follower's row: one of them at a time. What stands published already is indexed by its first step.
const SQL: &str = "
CREATE UNIQUE INDEX issue_item_position ON issue_item (issue_id, position);
CREATE INDEX article_facet_value ON article_facet (kind, value, at, article_id);
CREATE TABLE article_follow (id integer PRIMARY KEY NOT NULL CHECK (id = 1), turns bigint NOT NULL);
INSERT INTO article_follow (id, turns) VALUES (1, 0);
INSERT INTO article_stale (article_id) SELECT id FROM article WHERE state IN ('published', 'corrected') ORDER BY published_at, id;
";
