//! What is published.

crate::dialect::step!("m0004_articles", SQL);

const SQL: &str = "
CREATE TABLE article (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  slug text NOT NULL UNIQUE,
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  title text NOT NULL,
  standfirst text NOT NULL DEFAULT '',
  intro text NOT NULL DEFAULT '',
  closing text NOT NULL DEFAULT '',
  keywords text NOT NULL DEFAULT '',
  state text NOT NULL CHECK (state IN ('draft', 'scheduled', 'published', 'corrected', 'withdrawn')),
  snapshot @json,
  publish_at @time,
  published_at @time,
  corrected_at @time,
  version integer NOT NULL,
  created_at @time NOT NULL,
  updated_at @time NOT NULL,
  CHECK (state NOT IN ('published', 'corrected') OR (snapshot IS NOT NULL AND published_at IS NOT NULL))
);
CREATE INDEX article_event ON article (event_id);

CREATE TABLE article_exchange (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  part text NOT NULL CHECK (part IN ('company', 'partners')),
  position integer NOT NULL,
  question_id @uuid REFERENCES question (id),
  reverse_id @uuid REFERENCES reverse_question (id),
  heading text,
  pull text,
  CHECK ((question_id IS NULL) <> (reverse_id IS NULL))
);
CREATE INDEX article_exchange_article ON article_exchange (article_id, part, position);
CREATE UNIQUE INDEX article_exchange_question ON article_exchange (article_id, question_id) WHERE question_id IS NOT NULL;
CREATE UNIQUE INDEX article_exchange_reverse ON article_exchange (article_id, reverse_id) WHERE reverse_id IS NOT NULL;
";
