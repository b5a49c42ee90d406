//! Bodies that the kernel sends from its own pages. Written to a socket, a body is copied there with every answer: a
//! third of what reading an article takes. From here it is copied once, when it comes.
//!
//! The shelf is one file without a name in the data folder. What is read often stands in the system's page cache, what
//! is not may leave it: the process holds no page of it. No place in it is used twice, so what is on its way to
//! a reader stays what it was.

use bytes::Bytes;
use std::{io, path::Path, sync::Arc};

/// Shorter bodies are copied as soon as they are sent.
const LEAST: usize = 2 * 1024;

/// Where bodies are put; a clone is the same shelf.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Option<Arc<imp::Pages>>);

/// A body, wherever it lies.
#[derive(Debug)]
pub(crate) enum Content {
    Held(Bytes),
    Shelved(imp::Place),
}

impl Shelf {
    /// A shelf in this folder. Where there can be none, bodies stay in memory.
    pub fn within(folder: &Path) -> Self {
        match imp::Pages::within(folder) {
            Ok(pages) => Self(Some(Arc::new(pages))),
            Err(error) => {
                tracing::debug!(%error, "pages are kept in memory");
                Self(None)
            }
        }
    }

    pub(crate) fn put(&self, body: Bytes) -> Content {
        let Some(pages) = self.0.as_ref().filter(|_| body.len() >= LEAST) else {
            return Content::Held(body);
        };
        match imp::Place::new(pages, &body) {
            Ok(place) => Content::Shelved(place),
            Err(error) => {
                tracing::warn!(%error, "a page is kept in memory");
                Content::Held(body)
            }
        }
    }
}

impl Content {
    pub(crate) fn read(&self) -> io::Result<Bytes> {
        match self {
            Self::Held(body) => Ok(body.clone()),
            Self::Shelved(place) => place.read(),
        }
    }
}

#[cfg(target_os = "linux")]
pub(crate) mod imp {
    use bytes::Bytes;
    use rustix::{
        fs::{FallocateFlags, Mode, OFlags, fallocate, open, sendfile},
        net::{SendFlags, send},
    };
    use std::{
        fs::File,
        io,
        os::{fd::AsFd, unix::fs::FileExt},
        path::Path,
        sync::{
            Arc,
            atomic::{AtomicU64, Ordering},
        },
    };

    /// Of no system are pages larger.
    const ALIGN: u64 = 64 * 1024;

    #[derive(Debug)]
    pub(crate) struct Pages {
        file: File,
        next: AtomicU64,
    }

    impl Pages {
        pub(super) fn within(folder: &Path) -> io::Result<Self> {
            let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
            let file = open(folder, flags, Mode::RUSR | Mode::WUSR)?;
            Ok(Self {
                file: file.into(),
                next: AtomicU64::new(0),
            })
        }
    }

    /// Octets on the shelf, for as long as this lives.
    #[derive(Debug)]
    pub(crate) struct Place {
        pages: Arc<Pages>,
        at: u64,
        octets: usize,
    }

    impl Place {
        pub(super) fn new(pages: &Arc<Pages>, body: &[u8]) -> io::Result<Self> {
            let at = pages.next.fetch_add(room(body.len()), Ordering::Relaxed);
            let place = Self {
                pages: Arc::clone(pages),
                at,
                octets: body.len(),
            };
            place.pages.file.write_all_at(body, at)?;
            Ok(place)
        }

        pub(crate) const fn len(&self) -> usize {
            self.octets
        }

        pub(crate) fn read(&self) -> io::Result<Bytes> {
            let mut body = vec![0; self.octets];
            self.pages.file.read_exact_at(&mut body, self.at)?;
            Ok(body.into())
        }

        /// Sends what comes after the first `sent` octets, as much as the socket takes.
        pub(crate) fn send(&self, socket: impl AsFd, sent: usize) -> io::Result<usize> {
            let mut from = self.at + sent as u64;
            Ok(sendfile(socket, &self.pages.file, Some(&mut from), self.octets - sent)?)
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
            if let Err(error) = fallocate(&self.pages.file, flags, self.at, room(self.octets)) {
                tracing::debug!(%error, "a page that nobody reads keeps its place");
            }
        }
    }

    const fn room(octets: usize) -> u64 {
        (octets as u64).next_multiple_of(ALIGN)
    }

    /// Sends a head that its body follows at once: both go in the same segment.
    pub(crate) fn announce(socket: impl AsFd, head: &[u8]) -> io::Result<usize> {
        Ok(send(socket, head, SendFlags::MORE | SendFlags::NOSIGNAL)?)
    }
}

/// Elsewhere bodies stay in memory.
#[cfg(not(target_os = "linux"))]
pub(crate) mod imp {
    use bytes::Bytes;
    use std::{convert::Infallible, io, path::Path, sync::Arc};

    #[derive(Debug)]
    pub(crate) struct Pages(Infallible);

    impl Pages {
        pub(super) fn within(_: &Path) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    #[derive(Debug)]
    pub(crate) struct Place(Infallible);

    impl Place {
        pub(super) fn new(pages: &Arc<Pages>, _: &[u8]) -> io::Result<Self> {
            match pages.0 {}
        }
        pub(crate) const fn len(&self) -> usize {
            match self.0 {}
        }
        pub(crate) fn read(&self) -> io::Result<Bytes> {
            match self.0 {}
        }
        pub(crate) fn send<S>(&self, _: S, _: usize) -> io::Result<usize> {
            match self.0 {}
        }
    }

    pub(crate) fn announce<S>(_: S, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_read_and_no_place_is_used_twice() {
        let dir = tempfile::tempdir().expect("a folder");
        let shelf = Shelf::within(dir.path());
        let body = |c: char| Bytes::from(c.to_string().repeat(100_000));
        let first = shelf.put(body('a'));
        let second = shelf.put(body('b'));
        assert_eq!(first.read().expect("reads"), body('a'));
        drop(first);
        let third = shelf.put(body('c'));
        assert_eq!(second.read().expect("reads"), body('b'));
        assert_eq!(third.read().expect("reads"), body('c'));
        assert!(matches!(shelf.put(Bytes::from_static(b"short")), Content::Held(_)));
        assert!(matches!(Shelf::default().put(body('d')), Content::Held(_)));
    }
}
