//! The two languages that Mundap speaks.

use crate::state::text_enum;

text_enum! {
    /// A language of pages, mails and questions; its text form is the BCP 47 tag.
    Lang { Ko = "ko", En = "en" }
}

impl Lang {
    /// The best of ours for an `Accept-Language` header (RFC 9110 §12.5.4), by its order; weights are not read,
    /// since browsers send them in falling order.
    pub fn negotiate(header: &str) -> Option<Self> {
        header.split(',').find_map(|part| {
            let tag = part.split(';').next().unwrap_or_default().trim();
            match tag.split('-').next().unwrap_or_default().to_ascii_lowercase().as_str() {
                "ko" => Some(Self::Ko),
                "en" => Some(Self::En),
                _ => None,
            }
        })
    }
}
