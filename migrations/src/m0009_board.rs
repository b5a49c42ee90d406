//! The board: words that a search finds, tags, kept views, who reads what, deeds on many questions at once.

crate::dialect::step!("m0009_board", SQL, SQLITE, POSTGRES);

// The index of words holds no text, only what it is found by. On SQLite its rows sort as the board does: the upper half
// of a rowid is the event's `slot`, the lower half the question's number.
const SQLITE: &str = "
CREATE VIRTUAL TABLE question_words USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 0', prefix = '1 2');
CREATE TABLE question_stale (
  id integer PRIMARY KEY AUTOINCREMENT NOT NULL,
  event_id @uuid NOT NULL,
  question_id @uuid NOT NULL
);
@@
CREATE TRIGGER partner_words AFTER UPDATE OF name, pen_name, company_id ON partner BEGIN
  INSERT INTO question_stale (event_id, question_id)
    SELECT q.event_id, q.id FROM invitation i JOIN question q ON q.invitation_id = i.id
    WHERE i.partner_id = NEW.id AND q.number IS NOT NULL;
END
@@

@@
CREATE TRIGGER company_words AFTER UPDATE OF name ON company BEGIN
  INSERT INTO question_stale (event_id, question_id)
    SELECT q.event_id, q.id FROM partner p JOIN invitation i ON i.partner_id = p.id JOIN question q ON q.invitation_id = i.id
    WHERE p.company_id = NEW.id AND q.number IS NOT NULL;
END
@@
";

const POSTGRES: &str = "
CREATE TABLE question_words (
  event_id uuid NOT NULL,
  number integer NOT NULL,
  words tsvector NOT NULL,
  PRIMARY KEY (event_id, number)
);
CREATE INDEX question_words_words ON question_words USING gin (words);
CREATE TABLE question_stale (
  id bigserial PRIMARY KEY NOT NULL,
  event_id uuid NOT NULL,
  question_id uuid NOT NULL
);
@@
CREATE FUNCTION partner_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO question_stale (event_id, question_id)
    SELECT q.event_id, q.id FROM invitation i JOIN question q ON q.invitation_id = i.id
    WHERE i.partner_id = NEW.id AND q.number IS NOT NULL;
  RETURN NULL;
END $$
@@
CREATE TRIGGER partner_words AFTER UPDATE OF name, pen_name, company_id ON partner
  FOR EACH ROW EXECUTE FUNCTION partner_words();
@@
CREATE FUNCTION company_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO question_stale (event_id, question_id)
    SELECT q.event_id, q.id FROM partner p JOIN invitation i ON i.partner_id = p.id JOIN question q ON q.invitation_id = i.id
    WHERE p.company_id = NEW.id AND q.number IS NOT NULL;
  RETURN NULL;
END $$
@@
CREATE TRIGGER company_words AFTER UPDATE OF name ON company
  FOR EACH ROW EXECUTE FUNCTION company_words();
";

// `question_follow` is how far the index of words has read an event: the newest number and the last change in it. What
// the asker's name and company say changes without the question; triggers note it in `question_stale`.
// The board's index holds what most filters ask for, so that a filter that finds little reads no row in vain.
const SQL: &str = "
CREATE INDEX question_stale_event ON question_stale (event_id, id);
CREATE TABLE question_follow (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  slot integer NOT NULL UNIQUE CHECK (slot > 0),
  number integer NOT NULL,
  change_seq bigint NOT NULL
);
DROP INDEX question_board;
CREATE INDEX question_board ON question (event_id, board, number, service_id, lang, prefers);
CREATE INDEX invitation_field ON invitation (event_id, field_id);
CREATE INDEX assignment_due ON assignment (event_id, due_at) WHERE question_id IS NOT NULL AND state IN ('sent', 'reminded');

CREATE TABLE tag (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  name text NOT NULL,
  created_at @time NOT NULL,
  UNIQUE (event_id, name)
);
CREATE TABLE question_tag (
  tag_id @uuid NOT NULL REFERENCES tag (id),
  question_id @uuid NOT NULL REFERENCES question (id),
  staff_id @uuid REFERENCES staff (id),
  created_at @time NOT NULL,
  PRIMARY KEY (tag_id, question_id)
);
CREATE INDEX question_tag_question ON question_tag (question_id);

CREATE TABLE board_view (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  name text NOT NULL,
  query text NOT NULL,
  shared @bool NOT NULL,
  created_at @time NOT NULL,
  UNIQUE (event_id, staff_id, name)
);

CREATE TABLE presence (
  question_id @uuid NOT NULL REFERENCES question (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  event_id @uuid NOT NULL REFERENCES event (id),
  seen_at @time NOT NULL,
  PRIMARY KEY (question_id, staff_id)
);
CREATE INDEX presence_event ON presence (event_id, seen_at);

CREATE TABLE bulk_run (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  deed text NOT NULL CHECK (deed IN ('route', 'reserve', 'decline', 'tag', 'untag')),
  argument text NOT NULL,
  query text NOT NULL,
  after_number integer NOT NULL,
  up_to integer NOT NULL,
  done integer NOT NULL,
  refused integer NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done')),
  created_at @time NOT NULL
);
CREATE INDEX bulk_run_event ON bulk_run (event_id, state);
";
