//! What readers do: reads by the day, whether an article was of use, comments; and the newsletter of an issue.

crate::dialect::step!("m0031_readers", SQL, SQLITE, POSTGRES);

// `article_vote` is kept for a day: by then it has done what it is for, that nobody counts twice. What stands in it of a
// reader is a keyed digest.
//
// Comments stand on the page of their article. Whoever changes what readers see of them, `article_talk` tells by article
// and `article_change` over all: triggers, so that no writer can forget it.
macro_rules! tables {
    () => {
        "
CREATE TABLE article_day (
  article_id @uuid NOT NULL REFERENCES article (id),
  day date NOT NULL,
  reads bigint NOT NULL DEFAULT 0,
  useful bigint NOT NULL DEFAULT 0,
  useless bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (article_id, day)
);
CREATE INDEX article_day_day ON article_day (day);
CREATE TABLE article_vote (
  voter text PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  useful @bool NOT NULL,
  at @time NOT NULL
);
CREATE INDEX article_vote_at ON article_vote (at);
CREATE TABLE article_remark (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  body text NOT NULL CHECK (body <> ''),
  at @time NOT NULL
);
CREATE INDEX article_remark_article ON article_remark (article_id, at);
CREATE TABLE comment (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  invitation_id @uuid REFERENCES invitation (id),
  name text NOT NULL CHECK (name <> ''),
  body text NOT NULL CHECK (body <> ''),
  state text NOT NULL CHECK (state IN ('held', 'shown', 'refused', 'hidden')),
  reason text NOT NULL DEFAULT '',
  decided_by @uuid REFERENCES staff (id),
  decided_at @time,
  at @time NOT NULL
);
CREATE INDEX comment_state ON comment (state, at, id);
CREATE INDEX comment_shown ON comment (article_id, at, id) WHERE state = 'shown';
CREATE INDEX comment_invitation ON comment (invitation_id) WHERE invitation_id IS NOT NULL;
CREATE TABLE article_talk (
  article_id @uuid PRIMARY KEY NOT NULL REFERENCES article (id),
  version bigint NOT NULL
);
CREATE TABLE newsletter (
  id @uuid PRIMARY KEY NOT NULL,
  issue_id @uuid NOT NULL UNIQUE REFERENCES issue (id),
  subject text NOT NULL DEFAULT '',
  words text NOT NULL DEFAULT '',
  subject_en text NOT NULL DEFAULT '',
  words_en text NOT NULL DEFAULT '',
  sender text NOT NULL DEFAULT '',
  contact text NOT NULL DEFAULT '',
  state text NOT NULL CHECK (state IN ('draft', 'scheduled', 'sending', 'sent', 'stopped')),
  send_at @time,
  reached @uuid,
  mails integer NOT NULL DEFAULT 0,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  version integer NOT NULL,
  created_at @time NOT NULL,
  updated_at @time NOT NULL,
  CHECK (state <> 'scheduled' OR send_at IS NOT NULL)
);
CREATE INDEX newsletter_due ON newsletter (send_at) WHERE state = 'scheduled';
CREATE TABLE newsletter_mail (
  outgoing_id @uuid PRIMARY KEY NOT NULL REFERENCES outgoing_mail (id),
  newsletter_id @uuid NOT NULL REFERENCES newsletter (id)
);
CREATE INDEX newsletter_mail_newsletter ON newsletter_mail (newsletter_id);
"
    };
}

const SQLITE: &str = concat!(
    tables!(),
    "@@
CREATE TRIGGER comment_came AFTER INSERT ON comment WHEN NEW.state = 'shown' BEGIN
  UPDATE article_change SET version = version + 1;
  INSERT INTO article_talk (article_id, version) VALUES (NEW.article_id, 1) ON CONFLICT (article_id) DO UPDATE SET version = version + 1;
END
@@

@@
CREATE TRIGGER comment_changed AFTER UPDATE ON comment WHEN OLD.state = 'shown' OR NEW.state = 'shown' BEGIN
  UPDATE article_change SET version = version + 1;
  INSERT INTO article_talk (article_id, version) VALUES (NEW.article_id, 1) ON CONFLICT (article_id) DO UPDATE SET version = version + 1;
END
@@

@@
CREATE TRIGGER comment_gone AFTER DELETE ON comment WHEN OLD.state = 'shown' BEGIN
  UPDATE article_change SET version = version + 1;
  INSERT INTO article_talk (article_id, version) VALUES (OLD.article_id, 1) ON CONFLICT (article_id) DO UPDATE SET version = version + 1;
END
@@

@@
CREATE TRIGGER article_comments AFTER UPDATE OF comments ON article WHEN OLD.comments <> NEW.comments BEGIN
  UPDATE article_change SET version = version + 1;
END
@@
"
);

// The one row of all changes first: who holds it waits for nobody.
const POSTGRES: &str = concat!(
    tables!(),
    "@@
CREATE FUNCTION comment_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  about uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN
    about := OLD.article_id;
  ELSE
    about := NEW.article_id;
  END IF;
  UPDATE article_change SET version = version + 1;
  INSERT INTO article_talk (article_id, version) VALUES (about, 1) ON CONFLICT (article_id) DO UPDATE SET version = article_talk.version + 1;
  RETURN NULL;
END $$
@@

@@
CREATE CONSTRAINT TRIGGER comment_came AFTER INSERT ON comment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.state = 'shown') EXECUTE FUNCTION comment_changed()
@@

@@
CREATE CONSTRAINT TRIGGER comment_changed AFTER UPDATE ON comment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'shown' OR NEW.state = 'shown') EXECUTE FUNCTION comment_changed()
@@

@@
CREATE CONSTRAINT TRIGGER comment_gone AFTER DELETE ON comment
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.state = 'shown') EXECUTE FUNCTION comment_changed()
@@

@@
CREATE CONSTRAINT TRIGGER article_comments AFTER UPDATE OF comments ON article
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.comments <> NEW.comments) EXECUTE FUNCTION article_changed()
@@
"
);

const SQL: &str = "";
