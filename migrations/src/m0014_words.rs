//! The index of words on PostgreSQL: each event's rows by a word of its own, and no list that every search reads first.

crate::dialect::step!("m0014_words", "", "", POSTGRES);

// Without `fastupdate` new rows enter the index at once; with it, a search reads up to 4 MB of them from end to end. The
// words are written anew, with their event's, by whoever follows the questions.
const POSTGRES: &str = "
ALTER INDEX question_words_words SET (fastupdate = off);
DELETE FROM question_words;
UPDATE question_follow SET number = 0, change_seq = 0;
";
