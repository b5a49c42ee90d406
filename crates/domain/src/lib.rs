//! The words of Mundap: ids, states and their transition tables, checked text, tokens, the clock, job payloads.
//! Nothing here reads a file, a socket or a database. `job` and `state` together are the whole route of a question.

pub mod clock;
pub mod email;
pub mod ids;
pub mod job;
pub mod lang;
pub mod person;
pub mod role;
pub mod state;
pub mod text;
pub mod token;

pub use clock::Clock;
pub use email::EmailAddress;
pub use ids::*;
pub use lang::Lang;
