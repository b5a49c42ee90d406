//! What pages that update themselves watch: a counter for each topic, so that every process hears of every change.

crate::dialect::step!("m0006_live", SQL);

const SQL: &str = "
CREATE TABLE live_topic (
  name text PRIMARY KEY NOT NULL,
  version bigint NOT NULL CHECK (version > 0)
);
";
