//! The day itself: a sitting is prepared, played, and taken up again where it stood.

mod from_hall;
mod insight;
mod notes;
mod played;
mod rehearsal;
mod run;
mod set;
mod speakers;
mod tables;
mod telephones;
mod transcript;
