//! An answer is reviewed before anybody outside reads it.

use super::{Transitions, text_enum};

text_enum! {
    AnswerState { InReview = "in_review", Approved = "approved", Returned = "returned" }
}

impl Transitions for AnswerState {
    const TABLE: &'static [(Self, Self)] = {
        use AnswerState::{Approved, InReview, Returned};
        &[(InReview, Approved), (InReview, Returned), (Returned, InReview)]
    };
}

text_enum! {
    /// Which way an answer came.
    AnswerSource { Mail = "mail", Link = "link", Stage = "stage", Staff = "staff" }
}
