use super::{Flag, Pair};
#[derive(Debug, Default)]
pub(super) struct Split { pub text: String, pub pairs: Vec<Pair>, pub cut: String, pub signature: String, pub full: String, pub flags: Vec<Flag> }
pub(super) fn split(body: &str) -> Split { Split { text: body.to_owned(), full: body.to_owned(), ..Split::default() } }
