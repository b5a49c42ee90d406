/// Why something was not printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The build was made without its fonts.
    #[error("the fonts of PDF and pictures are not in this build: run `make fonts`, then build again")]
    FontsMissing,
    #[error("{what} is empty")]
    Empty { what: &'static str },
    /// More than is ever set in one piece.
    #[error("{what}: {is}, at most {most}")]
    TooLarge { what: &'static str, is: usize, most: usize },
    /// `at` counts pictures from 1, as they stand.
    #[error("picture {at} {why}")]
    Picture { at: usize, why: &'static str },
    #[error("{length} characters are too long for a code")]
    Code { length: usize },
    /// The typesetter's own words; our templates or a broken picture are to blame, never a text.
    #[error("not set: {0}")]
    Set(String),
    #[error("the book's container: {0}")]
    Container(#[from] zip::result::ZipError),
    #[error("the book's container: {0}")]
    Write(#[from] std::io::Error),
}
