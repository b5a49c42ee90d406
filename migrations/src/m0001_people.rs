//! Events and the people of both sides.

crate::dialect::step!("m0001_people", SQL);

const SQL: &str = "
CREATE TABLE staff (
  id @uuid PRIMARY KEY NOT NULL,
  email text NOT NULL UNIQUE,
  name text NOT NULL,
  password_hash text NOT NULL,
  roles text NOT NULL,
  disabled_at @time,
  created_at @time NOT NULL
);

CREATE TABLE field (
  id @uuid PRIMARY KEY NOT NULL,
  name text NOT NULL UNIQUE,
  name_en text NOT NULL,
  position integer NOT NULL
);

CREATE TABLE service (
  id @uuid PRIMARY KEY NOT NULL,
  name text NOT NULL UNIQUE,
  name_en text NOT NULL,
  blurb text NOT NULL DEFAULT '',
  blurb_en text NOT NULL DEFAULT '',
  position integer NOT NULL
);

CREATE TABLE crew_member (
  id @uuid PRIMARY KEY NOT NULL,
  service_id @uuid NOT NULL REFERENCES service (id),
  nickname text,
  name text NOT NULL,
  team text,
  email text NOT NULL,
  is_lead @bool NOT NULL,
  removed_at @time,
  created_at @time NOT NULL
);
CREATE INDEX crew_member_service ON crew_member (service_id);
CREATE UNIQUE INDEX crew_member_email ON crew_member (service_id, email) WHERE removed_at IS NULL;

CREATE TABLE event (
  id @uuid PRIMARY KEY NOT NULL,
  slug text NOT NULL UNIQUE,
  title text NOT NULL,
  title_en text NOT NULL DEFAULT '',
  host_name text NOT NULL,
  host_name_en text NOT NULL DEFAULT '',
  intro text NOT NULL DEFAULT '',
  intro_en text NOT NULL DEFAULT '',
  time_zone text NOT NULL,
  opens_at @time NOT NULL,
  closes_at @time NOT NULL,
  live_places integer NOT NULL CHECK (live_places BETWEEN 1 AND 999),
  reverse_places integer NOT NULL CHECK (reverse_places BETWEEN 0 AND 999),
  max_questions integer NOT NULL CHECK (max_questions >= 1),
  answer_days integer NOT NULL CHECK (answer_days >= 1),
  next_number integer NOT NULL DEFAULT 1,
  created_at @time NOT NULL,
  CHECK (opens_at < closes_at)
);

CREATE TABLE sitting (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  title text NOT NULL,
  title_en text NOT NULL DEFAULT '',
  place text NOT NULL DEFAULT '',
  place_en text NOT NULL DEFAULT '',
  first_day date NOT NULL,
  last_day date NOT NULL,
  position integer NOT NULL
);
CREATE INDEX sitting_event ON sitting (event_id);

CREATE TABLE programme_part (
  id @uuid PRIMARY KEY NOT NULL,
  sitting_id @uuid NOT NULL REFERENCES sitting (id),
  title text NOT NULL,
  title_en text NOT NULL DEFAULT '',
  kind text NOT NULL,
  starts_at @time NOT NULL,
  ends_at @time NOT NULL,
  place text NOT NULL DEFAULT ''
);
CREATE INDEX programme_part_sitting ON programme_part (sitting_id);

CREATE TABLE speaker (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  nickname text,
  name text NOT NULL,
  title text,
  team text,
  affiliate text,
  email text,
  position integer NOT NULL
);
CREATE INDEX speaker_event ON speaker (event_id);

CREATE TABLE company (
  id @uuid PRIMARY KEY NOT NULL,
  name text NOT NULL UNIQUE,
  created_at @time NOT NULL
);

CREATE TABLE partner (
  id @uuid PRIMARY KEY NOT NULL,
  company_id @uuid REFERENCES company (id),
  name text NOT NULL,
  title text,
  pen_name text,
  group_name text,
  email text UNIQUE,
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  display_line text,
  created_at @time NOT NULL,
  updated_at @time NOT NULL
);
CREATE INDEX partner_company ON partner (company_id);

CREATE TABLE partner_service (
  partner_id @uuid NOT NULL REFERENCES partner (id),
  service_id @uuid NOT NULL REFERENCES service (id),
  PRIMARY KEY (partner_id, service_id)
);

CREATE TABLE invitation (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  partner_id @uuid NOT NULL REFERENCES partner (id),
  field_id @uuid REFERENCES field (id),
  link_version integer NOT NULL,
  invited_at @time,
  entered_at @time,
  created_at @time NOT NULL,
  UNIQUE (event_id, partner_id)
);
CREATE INDEX invitation_partner ON invitation (partner_id);

CREATE TABLE rsvp (
  id @uuid PRIMARY KEY NOT NULL,
  invitation_id @uuid NOT NULL REFERENCES invitation (id),
  sitting_id @uuid NOT NULL REFERENCES sitting (id),
  coming @bool,
  came @bool,
  answered_at @time,
  UNIQUE (invitation_id, sitting_id)
);
CREATE INDEX rsvp_sitting ON rsvp (sitting_id);

CREATE TABLE rsvp_interest (
  invitation_id @uuid NOT NULL REFERENCES invitation (id),
  part_id @uuid NOT NULL REFERENCES programme_part (id),
  PRIMARY KEY (invitation_id, part_id)
);

CREATE TABLE consent (
  id @uuid PRIMARY KEY NOT NULL,
  invitation_id @uuid NOT NULL REFERENCES invitation (id),
  purpose text NOT NULL CHECK (purpose IN ('required', 'print', 'newsletter')),
  wording text NOT NULL,
  wording_version text NOT NULL,
  given @bool NOT NULL,
  at @time NOT NULL
);
CREATE INDEX consent_invitation ON consent (invitation_id);

CREATE TABLE roster_import (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  file_name text NOT NULL,
  bytes @blob NOT NULL,
  state text NOT NULL CHECK (state IN ('previewed', 'running', 'done', 'failed')),
  total integer NOT NULL,
  done integer NOT NULL,
  outcome @json,
  created_by @uuid,
  created_at @time NOT NULL
);
";
