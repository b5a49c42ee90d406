//! An article's way to its readers.

use super::{Transitions, text_enum};

text_enum! {
    ArticleState { Draft = "draft", Scheduled = "scheduled", Published = "published", Corrected = "corrected", Withdrawn = "withdrawn" }
}

impl Transitions for ArticleState {
    const TABLE: &'static [(Self, Self)] = {
        use ArticleState::{Corrected, Draft, Published, Scheduled, Withdrawn};
        &[
            (Draft, Scheduled),
            (Scheduled, Draft),
            (Draft, Published),
            (Scheduled, Published),
            (Published, Corrected),
            (Corrected, Corrected),
            (Published, Withdrawn),
            (Corrected, Withdrawn),
            (Withdrawn, Draft),
        ]
    };
}

text_enum! {
    /// Which of the two conversations an exchange belongs to.
    ArticlePart {
        /// Partners asked, the company answers.
        CompanyAnswers = "company",
        /// The host asked back, partners answer.
        PartnersAnswer = "partners",
    }
}
