//! A counter of what readers may see, and the way to the articles that were published last.

crate::dialect::step!("m0017_article_change", SQL, SQLITE, POSTGRES);

// Whoever changes what readers see of an article, the counter tells: one look at it says that all pages in memory still
// stand. A trigger, so that no writer can forget it; on PostgreSQL at the commit, so that nobody who holds the counter
// waits for an article.
const SQLITE: &str = "
CREATE TABLE article_change (id integer PRIMARY KEY NOT NULL CHECK (id = 1), version bigint NOT NULL);
@@
CREATE TRIGGER article_changed AFTER UPDATE OF slug, state, snapshot, published_at, corrected_at ON article BEGIN
  UPDATE article_change SET version = version + 1;
END
@@

@@
CREATE TRIGGER article_deleted AFTER DELETE ON article BEGIN
  UPDATE article_change SET version = version + 1;
END
@@
";

const POSTGRES: &str = "
CREATE TABLE article_change (id integer PRIMARY KEY NOT NULL CHECK (id = 1), version bigint NOT NULL);
@@
CREATE FUNCTION article_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE article_change SET version = version + 1;
  RETURN NULL;
END $$
@@

@@
CREATE CONSTRAINT TRIGGER article_changed AFTER DELETE OR UPDATE OF slug, state, snapshot, published_at, corrected_at ON article
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION article_changed()
@@
";

const SQL: &str = "
INSERT INTO article_change (id, version) VALUES (1, 0);
CREATE INDEX article_published ON article (published_at, id) WHERE state IN ('published', 'corrected');
";
