//! Articles in blocks, their revisions, pictures and corrections; and what the people in them say to their words.

crate::dialect::step!("m0028_composition", SQL);

// What stood in two parts becomes one list: the introduction, each part under its heading, the closing words. Old tables
// and columns stay for one release, unread. The words of an approval are kept as they were shown: that is its proof.
const SQL: &str = "
ALTER TABLE article ADD COLUMN comments @bool NOT NULL DEFAULT false;
ALTER TABLE article ADD COLUMN preview_version integer NOT NULL DEFAULT 1;
ALTER TABLE article ADD COLUMN preview_until @time;
CREATE INDEX article_due ON article (publish_at) WHERE state = 'scheduled';

CREATE TABLE asset (
  sha256 text PRIMARY KEY NOT NULL,
  media_type text NOT NULL CHECK (media_type IN ('image/png', 'image/jpeg', 'image/webp')),
  width integer NOT NULL CHECK (width > 0),
  height integer NOT NULL CHECK (height > 0),
  bytes @blob NOT NULL,
  created_at @time NOT NULL
);

CREATE TABLE article_block (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  position integer NOT NULL CHECK (position > 0),
  kind text NOT NULL CHECK (kind IN ('prose', 'part', 'exchange', 'quote', 'picture', 'figures')),
  question_id @uuid REFERENCES question (id),
  reverse_id @uuid REFERENCES reverse_question (id),
  answer_id @uuid REFERENCES answer (id),
  invitation_id @uuid REFERENCES invitation (id),
  speaker_id @uuid REFERENCES speaker (id),
  crew_member_id @uuid REFERENCES crew_member (id),
  asset text REFERENCES asset (sha256),
  side text CHECK (side IN ('company', 'partners')),
  heading text NOT NULL DEFAULT '',
  body text NOT NULL DEFAULT '',
  pull text NOT NULL DEFAULT '',
  caption text NOT NULL DEFAULT '',
  texts @json NOT NULL DEFAULT '{}',
  unapproved text NOT NULL DEFAULT 'leave_out' CHECK (unapproved IN ('leave_out', 'anonymise')),
  CHECK (kind <> 'exchange' OR (question_id IS NULL) <> (reverse_id IS NULL)),
  CHECK (kind = 'exchange' OR (question_id IS NULL AND reverse_id IS NULL)),
  CHECK (CASE WHEN kind = 'quote' THEN 1 ELSE 0 END =
    CASE WHEN answer_id IS NULL THEN 0 ELSE 1 END + CASE WHEN invitation_id IS NULL THEN 0 ELSE 1 END
    + CASE WHEN speaker_id IS NULL THEN 0 ELSE 1 END + CASE WHEN crew_member_id IS NULL THEN 0 ELSE 1 END),
  CHECK ((kind = 'picture') = (asset IS NOT NULL)),
  CHECK (kind = 'part' OR side IS NULL)
);
CREATE UNIQUE INDEX article_block_position ON article_block (article_id, position);
CREATE UNIQUE INDEX article_block_question ON article_block (article_id, question_id) WHERE question_id IS NOT NULL;
CREATE UNIQUE INDEX article_block_reverse ON article_block (article_id, reverse_id) WHERE reverse_id IS NOT NULL;
CREATE UNIQUE INDEX article_block_figures ON article_block (article_id) WHERE kind = 'figures';

CREATE TABLE article_revision (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  n integer NOT NULL CHECK (n > 0),
  version integer NOT NULL,
  draft @json NOT NULL,
  staff_id @uuid NOT NULL REFERENCES staff (id),
  at @time NOT NULL
);
CREATE UNIQUE INDEX article_revision_n ON article_revision (article_id, n);

CREATE TABLE article_correction (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  body text NOT NULL CHECK (body <> ''),
  staff_id @uuid NOT NULL REFERENCES staff (id),
  at @time NOT NULL
);
CREATE INDEX article_correction_article ON article_correction (article_id, id);

CREATE TABLE approver (
  id @uuid PRIMARY KEY NOT NULL,
  article_id @uuid NOT NULL REFERENCES article (id),
  invitation_id @uuid REFERENCES invitation (id),
  speaker_id @uuid REFERENCES speaker (id),
  crew_member_id @uuid REFERENCES crew_member (id),
  asked_at @time,
  reminders integer NOT NULL DEFAULT 0,
  created_at @time NOT NULL,
  CHECK (CASE WHEN invitation_id IS NULL THEN 0 ELSE 1 END + CASE WHEN speaker_id IS NULL THEN 0 ELSE 1 END
    + CASE WHEN crew_member_id IS NULL THEN 0 ELSE 1 END = 1)
);
CREATE UNIQUE INDEX approver_invitation ON approver (article_id, invitation_id) WHERE invitation_id IS NOT NULL;
CREATE UNIQUE INDEX approver_speaker ON approver (article_id, speaker_id) WHERE speaker_id IS NOT NULL;
CREATE UNIQUE INDEX approver_crew_member ON approver (article_id, crew_member_id) WHERE crew_member_id IS NOT NULL;

CREATE TABLE approval (
  id @uuid PRIMARY KEY NOT NULL,
  approver_id @uuid NOT NULL REFERENCES approver (id),
  about @uuid NOT NULL,
  hash text NOT NULL,
  line text NOT NULL,
  words @json NOT NULL,
  state text NOT NULL CHECK (state IN ('asked', 'approved', 'change_wanted', 'withdrawn')),
  suggestion @json,
  remark text NOT NULL DEFAULT '',
  asked_at @time NOT NULL,
  decided_at @time,
  noted_by @uuid REFERENCES staff (id),
  CHECK ((state = 'asked') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX approval_words ON approval (approver_id, about, hash);
CREATE INDEX approval_asked ON approval (asked_at) WHERE state = 'asked';

CREATE TEMPORARY TABLE carried (
  id @uuid, article_id @uuid, rank integer, part text, position integer, kind text, question_id @uuid, reverse_id @uuid,
  side text, heading text, body text, pull text
);
INSERT INTO carried
  SELECT new_id, id, 0, '', 0, 'prose', NULL, NULL, NULL, '', intro, '' FROM (SELECT article.*, @new_uuid AS new_id FROM article WHERE intro <> '') AS a;
INSERT INTO carried
  SELECT new_id, article_id, CASE part WHEN 'company' THEN 1 ELSE 2 END, part, 0, 'part', NULL, NULL, part, '', '', ''
  FROM (SELECT article_id, part, @new_uuid AS new_id FROM article_exchange GROUP BY article_id, part) AS p;
INSERT INTO carried
  SELECT id, article_id, CASE part WHEN 'company' THEN 1 ELSE 2 END, part, position, 'exchange', question_id, reverse_id,
    NULL, coalesce(heading, ''), '', coalesce(pull, '')
  FROM article_exchange;
INSERT INTO carried
  SELECT new_id, id, 3, '', 0, 'prose', NULL, NULL, NULL, '', closing, '' FROM (SELECT article.*, @new_uuid AS new_id FROM article WHERE closing <> '') AS a;
INSERT INTO article_block (id, article_id, position, kind, question_id, reverse_id, side, heading, body, pull)
  SELECT id, article_id, row_number() OVER (PARTITION BY article_id ORDER BY rank, CASE kind WHEN 'part' THEN 0 ELSE 1 END, position, id),
    kind, question_id, reverse_id, side, heading, body, pull
  FROM carried;
DROP TABLE carried;
";
