//! What the typesetter sees: our templates, the data of one document, its pictures. No disk, no network, no clock.

use crate::{Error, fonts};
use std::{collections::HashMap, sync::LazyLock};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Each is a file of the same name in `templates/`.
static TEMPLATES: LazyLock<HashMap<FileId, Source>> = LazyLock::new(|| {
    let sources = [
        ("base.typ", include_str!("../templates/base.typ")),
        ("article.typ", include_str!("../templates/article.typ")),
        ("single.typ", include_str!("../templates/single.typ")),
        ("issue.typ", include_str!("../templates/issue.typ")),
        ("cover.typ", include_str!("../templates/cover.typ")),
        ("face.typ", include_str!("../templates/face.typ")),
        ("card.typ", include_str!("../templates/card.typ")),
        ("labels.typ", include_str!("../templates/labels.typ")),
        ("badges.typ", include_str!("../templates/badges.typ")),
        ("run.typ", include_str!("../templates/run.typ")),
        ("list.typ", include_str!("../templates/list.typ")),
    ];
    sources
        .into_iter()
        .filter_map(|(name, text)| {
            let id = id(name)?;
            Some((id, Source::new(id, text.to_owned())))
        })
        .collect()
});

fn id(name: &str) -> Option<FileId> {
    Some(RootedPath::new(VirtualRoot::Project, VirtualPath::new(format!("/{name}")).ok()?).intern())
}

struct Desk {
    main: FileId,
    fonts: &'static fonts::Fonts,
    files: HashMap<FileId, Bytes>,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.fonts.book
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        TEMPLATES.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.all.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Sets a template with its data; pictures are `/0`, `/1` and so on.
pub(crate) fn set(template: &str, data: &serde_json::Value, pictures: &[Bytes]) -> Result<PagedDocument, Error> {
    let nowhere = || Error::Set(format!("no template {template}"));
    let mut files = HashMap::new();
    files.insert(
        id("data.json").ok_or_else(nowhere)?,
        Bytes::from_string(data.to_string()),
    );
    for (n, picture) in pictures.iter().enumerate() {
        files.insert(id(&n.to_string()).ok_or_else(nowhere)?, picture.clone());
    }
    let desk = Desk {
        main: id(template).ok_or_else(nowhere)?,
        fonts: fonts::fonts()?,
        files,
    };
    let set = typst::compile::<PagedDocument>(&desk);
    set.output.map_err(|errors| said(&errors))
}

/// Forgets what was kept of earlier documents. Whoever has made a file calls this, so that memory does not grow.
pub(crate) fn forget() {
    typst::comemo::evict(0);
}

pub(crate) fn said(errors: &[typst::diag::SourceDiagnostic]) -> Error {
    Error::Set(errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join("; "))
}
