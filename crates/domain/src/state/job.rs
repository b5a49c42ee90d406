//! The life of one piece of work.

use super::text_enum;

text_enum! {
    JobState { Queued = "queued", Running = "running", Done = "done", Failed = "failed" }
}
