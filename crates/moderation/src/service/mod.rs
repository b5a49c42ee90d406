//! What triage, stage, answers and reverse questions have in common.

pub mod assign;
