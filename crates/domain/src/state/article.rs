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

text_enum! {
    /// What a piece of an article is.
    BlockKind {
        /// The editor's own words, in Markdown.
        Prose = "prose",
        /// A heading over what follows.
        Part = "part",
        Exchange = "exchange",
        /// Words of one person.
        Quote = "quote",
        Picture = "picture",
        /// Who came, counted from the event's data.
        Figures = "figures",
    }
}

text_enum! {
    /// What becomes of words that their person has not approved when the article goes out.
    Unapproved { LeaveOut = "leave_out", Anonymise = "anonymise" }
}

text_enum! {
    /// What a quoted person says to their words as they will stand.
    ApprovalState { Asked = "asked", Approved = "approved", ChangeWanted = "change_wanted", Withdrawn = "withdrawn" }
}

impl Transitions for ApprovalState {
    const TABLE: &'static [(Self, Self)] = {
        use ApprovalState::{Approved, Asked, ChangeWanted, Withdrawn};
        &[
            (Asked, Approved),
            (ChangeWanted, Approved),
            (Asked, ChangeWanted),
            (Approved, ChangeWanted),
            (ChangeWanted, ChangeWanted),
            (Asked, Withdrawn),
            (Approved, Withdrawn),
            (ChangeWanted, Withdrawn),
        ]
    };
}
