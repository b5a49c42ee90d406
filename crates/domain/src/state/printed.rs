//! A file's way from being asked for to lying ready. What it was made of may end it at any step: then its row is gone.

use super::{Transitions, text_enum};

text_enum! {
    PrintedState {
        /// Somebody asked for it; its job waits.
        Waiting = "waiting",
        /// What belongs into it is being gathered.
        Reading = "reading",
        /// It is being set.
        Setting = "setting",
        Ready = "ready",
        /// It cannot be made of what stands there now.
        Failed = "failed",
    }
}

impl Transitions for PrintedState {
    const TABLE: &'static [(Self, Self)] = {
        use PrintedState::{Failed, Reading, Ready, Setting, Waiting};
        &[
            (Waiting, Reading),
            // Whoever made it ended without a word: it is begun anew.
            (Reading, Reading),
            (Setting, Reading),
            (Reading, Setting),
            (Setting, Ready),
            (Reading, Failed),
            (Setting, Failed),
            (Failed, Waiting),
        ]
    };
}

impl PrintedState {
    /// Work is being done on it, or will be.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Waiting | Self::Reading | Self::Setting)
    }
}

text_enum! {
    PrintedKind {
        Pdf = "pdf",
        Epub = "epub",
        /// The picture that stands where somebody passes on the address: PNG.
        Card = "card",
    }
}

impl PrintedKind {
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Epub => "epub",
            Self::Card => "png",
        }
    }

    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Epub => "application/epub+zip",
            Self::Card => "image/png",
        }
    }
}
