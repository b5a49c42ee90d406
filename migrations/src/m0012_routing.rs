//! Which crew answers for a service, who stands in for whom, releases with their mails, templates, reasons, and the words
//! about how questions are chosen.

crate::dialect::step!("m0012_routing", SQL);

// A rule of an event goes before the one for all events (without an event). What a release was about is fixed when it is
// pressed, so that a job, a second press and a kill in between find the same rows.
const SQL: &str = "
CREATE TABLE route_rule (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid REFERENCES event (id),
  service_id @uuid NOT NULL REFERENCES service (id),
  crew_service_id @uuid NOT NULL REFERENCES service (id),
  second_service_id @uuid REFERENCES service (id),
  created_at @time NOT NULL,
  CHECK (second_service_id IS NULL OR second_service_id <> crew_service_id)
);
CREATE UNIQUE INDEX route_rule_event ON route_rule (event_id, service_id) WHERE event_id IS NOT NULL;
CREATE UNIQUE INDEX route_rule_all ON route_rule (service_id) WHERE event_id IS NULL;

ALTER TABLE crew_member ADD COLUMN absent_from date;
ALTER TABLE crew_member ADD COLUMN absent_until date;
ALTER TABLE crew_member ADD COLUMN deputy_id @uuid REFERENCES crew_member (id);

CREATE TABLE release (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  mode text NOT NULL CHECK (mode IN ('now', 'at', 'hand')),
  send_at @time,
  total integer NOT NULL,
  released_by @uuid NOT NULL REFERENCES staff (id),
  created_at @time NOT NULL,
  CHECK ((mode = 'at') = (send_at IS NOT NULL))
);
CREATE INDEX release_event ON release (event_id, id);

CREATE TABLE release_item (
  decision_id @uuid NOT NULL REFERENCES decision (id),
  release_id @uuid NOT NULL REFERENCES release (id),
  position integer NOT NULL,
  state text NOT NULL CHECK (state IN ('waiting', 'released', 'refused', 'passed')),
  why text,
  PRIMARY KEY (release_id, decision_id),
  CHECK ((state = 'refused') = (why IS NOT NULL))
);
CREATE INDEX release_item_state ON release_item (release_id, state, position);
CREATE INDEX release_item_decision ON release_item (decision_id);

CREATE TABLE release_mail (
  outgoing_id @uuid PRIMARY KEY NOT NULL REFERENCES outgoing_mail (id),
  release_id @uuid NOT NULL REFERENCES release (id)
);
CREATE INDEX release_mail_release ON release_mail (release_id, outgoing_id);

CREATE TABLE mail_template (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  kind text NOT NULL CHECK (kind IN ('live', 'routed', 'declined', 'merged', 'duplicate', 'assignment')),
  lang text NOT NULL CHECK (lang IN ('ko', 'en')),
  subject text NOT NULL,
  body text NOT NULL,
  version integer NOT NULL,
  updated_by @uuid REFERENCES staff (id),
  updated_at @time NOT NULL,
  UNIQUE (event_id, kind, lang)
);

CREATE TABLE decline_reason (
  id @uuid PRIMARY KEY NOT NULL,
  event_id @uuid NOT NULL REFERENCES event (id),
  position integer NOT NULL,
  body text NOT NULL,
  body_en text NOT NULL DEFAULT '',
  UNIQUE (event_id, position)
);

CREATE TABLE selection_text (
  event_id @uuid PRIMARY KEY NOT NULL REFERENCES event (id),
  body text NOT NULL,
  body_en text NOT NULL,
  version integer NOT NULL,
  updated_by @uuid REFERENCES staff (id),
  updated_at @time NOT NULL
);
";
