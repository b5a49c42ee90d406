//! Jobs, sessions, limits, audit, health.

crate::dialect::step!("m0005_system", SQL);

const SQL: &str = "
CREATE TABLE job (
  id @uuid PRIMARY KEY NOT NULL,
  kind text NOT NULL,
  payload @json NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
  run_at @time NOT NULL,
  attempts integer NOT NULL,
  lease_until @time,
  lease_owner text,
  last_error text,
  created_at @time NOT NULL,
  done_at @time
);
CREATE INDEX job_due ON job (run_at) WHERE state IN ('queued', 'running');
CREATE INDEX job_failed ON job (kind) WHERE state = 'failed';

CREATE TABLE session (
  id text PRIMARY KEY NOT NULL,
  record text NOT NULL,
  expires_at @time NOT NULL
);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE rate_limit (
  key text PRIMARY KEY NOT NULL,
  window_start @time NOT NULL,
  count integer NOT NULL
);
CREATE INDEX rate_limit_window ON rate_limit (window_start);

CREATE TABLE audit_entry (
  id @uuid PRIMARY KEY NOT NULL,
  at @time NOT NULL,
  event_id @uuid,
  actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'partner', 'crew', 'speaker', 'system')),
  actor_id @uuid,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id @uuid,
  details @json NOT NULL
);
CREATE INDEX audit_entry_event ON audit_entry (event_id, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject_id);

CREATE TABLE worker_health (
  name text PRIMARY KEY NOT NULL,
  at @time NOT NULL,
  waiting integer NOT NULL,
  uncertain integer NOT NULL,
  failed integer NOT NULL,
  oldest_at @time,
  paused @bool NOT NULL,
  last_error text
);
";
