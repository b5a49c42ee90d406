//! Published pages in memory: rendered once, as they are sent, plain and compressed.
//!
//! The database counts what changes (`migrations`, `article_change`). Somebody looks at that counter every [`LOOK`], and
//! as long as it stands, so do all pages; when it moved, those whose article has another version are forgotten. What
//! this process changes counts at once ([`changed`]). When the database does not answer, nothing is served for longer
//! than [`STALE`]: what was withdrawn must not live on.

use crate::{
    Error, article, comments, magazine,
    page::Page,
    reads::{Tallies, Tally},
    repo,
};
use domain::ArticleId;
use std::{
    collections::HashMap,
    convert::Infallible,
    future::pending,
    pin::{Pin, pin},
    sync::{
        Arc, LazyLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Notify, time::timeout};
use web::{Answer, App, Asked, Ready, Shelf};

const LOOK: Duration = Duration::from_secs(1);
const STALE: Duration = Duration::from_secs(5);
/// So often what was read is added to the database.
const FLUSH: Duration = Duration::from_secs(5);
/// Octets of bodies that are kept, on the shelf for the most part.
const ROOM: usize = 1 << 30;
/// Pages of one query.
const MANY: usize = 256;
const PREFIX: &str = "/articles/";
/// Pages of the magazine that are the same for everybody stand under their whole path, the others under their language
/// and it; no slug of an article has a slash.
const ISSUES: &str = "/magazine/";

/// Grows with every change that this process makes or hears of, whichever database it is in.
static GENERATION: AtomicU64 = AtomicU64::new(0);
static CHANGED: Notify = Notify::const_new();

/// Call it after the commit: no page that was rendered before is served without a look at the database.
pub(crate) fn changed() {
    GENERATION.fetch_add(1, Ordering::AcqRel);
    CHANGED.notify_waiters();
}

pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Acquire)
}

/// Milliseconds by the monotonic clock, from some time before the first call.
fn millis() -> u64 {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from((BEGAN.elapsed() + 2 * STALE).as_millis()).unwrap_or(u64::MAX)
}

/// The pages of one server; clones share them.
#[derive(Clone, Default)]
pub struct Cache {
    pages: Arc<RwLock<Pages>>,
    /// When the last look began that succeeded.
    looked: Arc<AtomicU64>,
    /// The first page came.
    begun: Arc<Notify>,
    shelf: Shelf,
    tallies: Tallies,
    /// Without it nobody looks, and every reader goes to the router for that.
    app: Option<App>,
}

#[derive(Default)]
struct Pages {
    by_slug: HashMap<String, Arc<Page>>,
    octets: usize,
}

impl Pages {
    fn forget(&mut self, slug: &str) {
        if let Some(page) = self.by_slug.remove(slug) {
            self.octets -= page.octets;
        }
    }

    /// Makes room: first go those that nobody asked for since the last time.
    fn shrink(&mut self, room: usize) {
        for asked_too in [false, true] {
            let mut octets = self.octets;
            self.by_slug.retain(|_, page| {
                let goes = octets > room && (asked_too || !page.asked.swap(false, Ordering::Relaxed));
                octets -= if goes { page.octets } else { 0 };
                !goes
            });
            self.octets = octets;
        }
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner).by_slug.len();
        f.debug_struct("Cache").field("pages", &pages).finish_non_exhaustive()
    }
}

impl Ready for Cache {
    fn answer(&self, asked: Asked<'_>) -> Option<Arc<Answer>> {
        let article = asked.path.strip_prefix(PREFIX).filter(|slug| !slug.contains('/'));
        let issue = || asked.path.starts_with(ISSUES).then_some(asked.path);
        let page = self.get(article.or_else(issue)?)?;
        let stands = page.generation.load(Ordering::Acquire) == generation() && self.is_followed();
        if !stands {
            return None;
        }
        if let Some(reads) = &page.reads {
            reads.note(asked);
        }
        Some(Arc::clone(page.choose(asked)))
    }

    fn follow(&self) -> Pin<Box<dyn Future<Output = Infallible> + Send + '_>> {
        Box::pin(async {
            match &self.app {
                Some(app) => self.look_on(app).await,
                None => pending().await,
            }
        })
    }
}

impl Cache {
    /// Pages of the database of `app`, which lie on a shelf in its data folder.
    pub fn over(app: App) -> Self {
        Self {
            shelf: Shelf::within(&app.settings.data_dir),
            app: Some(app),
            ..Self::default()
        }
    }

    fn is_followed(&self) -> bool {
        millis().saturating_sub(self.looked.load(Ordering::Acquire)) < millis_of(STALE)
    }

    fn is_empty(&self) -> bool {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        pages.by_slug.is_empty()
    }

    async fn look_on(&self, app: &App) -> Infallible {
        // Counter and generation that the pages were compared with.
        let mut seen = (None, 0);
        let (mut lost, mut flushed) = (false, Instant::now());
        loop {
            if self.is_empty() || flushed.elapsed() >= FLUSH {
                self.flush(app).await;
                flushed = Instant::now();
            }
            if self.is_empty() {
                self.begun.notified().await;
            }
            let mut change = pin!(CHANGED.notified());
            change.as_mut().enable();
            match self.look(app, &mut seen).await {
                Ok(()) => lost = false,
                Err(error) if !lost => {
                    lost = true;
                    tracing::warn!(%error, "whether the articles still stand could not be read");
                }
                Err(_) => {}
            }
            let _ = timeout(LOOK, change).await;
        }
    }

    /// Adds to the database what was read since the last time; the server does it at its end, too.
    pub async fn flush(&self, app: &App) {
        if let Err(error) = self.tallies.flush(app).await {
            tracing::warn!(%error, "what was read could not be added up; next try in seconds");
        }
    }

    pub(crate) fn tally(&self, article: ArticleId) -> Tally {
        self.tallies.of(article)
    }

    async fn look(&self, app: &App, seen: &mut (Option<i64>, u64)) -> Result<(), Error> {
        let now = millis();
        let version = Some(repo::article_changes(app.db.reader()).await?);
        if seen.0 != version {
            GENERATION.fetch_add(1, Ordering::AcqRel);
        }
        let generation = generation();
        if *seen != (version, generation) {
            self.compare(app, generation, version).await?;
            *seen = (version, generation);
        }
        self.looked.store(now, Ordering::Release);
        Ok(())
    }

    /// `generation` and `version`, the counter's, are those from before the rows are read.
    async fn compare(&self, app: &App, generation: u64, version: Option<i64>) -> Result<(), Error> {
        let (magazine, pages): (Vec<_>, Vec<_>) = self.snapshot().into_iter().partition(|(key, _)| key.contains('/'));
        // These show many articles, and are few: they stand as long as the counter does.
        for (key, page) in &magazine {
            if version.is_some_and(|version| page.stamp == magazine::counted(version)) {
                page.confirm(generation);
            } else {
                self.forget_page(key, page);
            }
        }
        let stamps = magazine::stamps(app.db.reader(), app.clock.now()).await?;
        let talks = comments::talks(app.db.reader()).await?;
        for some in pages.chunks(MANY) {
            let slugs: Vec<&str> = some.iter().map(|(slug, _)| slug.as_str()).collect();
            let rows = repo::article_versions(app.db.reader(), &slugs).await?;
            let now = app.clock.now();
            for (slug, page) in some {
                let stands = rows.iter().any(|(of, version, state, at, hidden)| {
                    of == slug && *version == page.version && article::stands(*state, *at, *hidden, now)
                });
                // Neither it nor what stands before and after it in its issue nor what is said below it has changed.
                let beside = stamps.get(slug).copied().unwrap_or_default();
                let talk = talks.get(slug).copied().unwrap_or_default();
                let stands = stands && comments::stamp(beside, talk) == page.stamp;
                if stands {
                    page.confirm(generation);
                } else {
                    self.forget_page(slug, page);
                }
            }
        }
        Ok(())
    }

    fn snapshot(&self) -> Vec<(String, Arc<Page>)> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let each = pages.by_slug.iter();
        each.map(|(slug, page)| (slug.clone(), Arc::clone(page))).collect()
    }

    pub(crate) fn get(&self, slug: &str) -> Option<Arc<Page>> {
        let pages = self.pages.read().unwrap_or_else(PoisonError::into_inner);
        let page = pages.by_slug.get(slug)?;
        if !page.asked.load(Ordering::Relaxed) {
            page.asked.store(true, Ordering::Relaxed);
        }
        Some(Arc::clone(page))
    }

    pub(crate) fn put(&self, slug: &str, page: Arc<Page>) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        pages.forget(slug);
        if pages.octets + page.octets > ROOM {
            pages.shrink(ROOM / 4 * 3);
        }
        pages.octets += page.octets;
        pages.by_slug.insert(slug.to_owned(), page);
        drop(pages);
        self.begun.notify_one();
    }

    pub(crate) fn forget(&self, slug: &str) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        pages.forget(slug);
    }

    /// Unless another one came in its place.
    fn forget_page(&self, slug: &str, page: &Arc<Page>) {
        let mut pages = self.pages.write().unwrap_or_else(PoisonError::into_inner);
        if pages.by_slug.get(slug).is_some_and(|there| Arc::ptr_eq(there, page)) {
            pages.forget(slug);
        }
    }

    pub(crate) const fn shelf(&self) -> &Shelf {
        &self.shelf
    }
}

fn millis_of(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, Method, StatusCode, header};
    use http_body_util::BodyExt;

    async fn page(of: &str) -> Arc<Page> {
        let html = format!("<p>{of}</p>").repeat(300);
        let page = Page::new(html, 1, generation(), Some("max-age=1"), &Shelf::default()).await;
        Arc::new(page.expect("a page"))
    }

    /// Somebody looks at the counter.
    async fn cache() -> Cache {
        let cache = Cache::default();
        cache.put("talk", page("문답").await);
        cache.looked.store(millis(), Ordering::Release);
        cache
    }

    #[tokio::test]
    async fn a_page_is_sent_compressed_to_who_takes_it_and_not_at_all_to_who_has_it() {
        let cache = cache().await;
        let get = |asked: Asked<'_>| {
            cache
                .answer(asked)
                .expect("lies ready")
                .response(&Method::GET)
                .expect("reads")
        };
        let plainly = Asked {
            path: "/articles/talk",
            ..Asked::default()
        };
        let taking = |coding: &'static str| Asked {
            accept_encoding: Some(coding.as_bytes()),
            ..plainly
        };
        let plain = get(plainly);
        assert_eq!(
            plain.headers()[header::CONTENT_LENGTH],
            HeaderValue::from("<p>문답</p>".len() * 300)
        );
        assert!(plain.headers().contains_key(header::STRICT_TRANSPORT_SECURITY));
        let zipped = get(taking("br, gzip;q=0.8"));
        assert_eq!(zipped.headers()[header::CONTENT_ENCODING], "gzip");
        assert_ne!(zipped.headers()[header::ETAG], plain.headers()[header::ETAG]);
        let bytes = zipped.into_body().collect().await.expect("bytes").to_bytes();
        assert_eq!(bytes[..2], [0x1f, 0x8b], "gzip's magic number");
        assert!(
            get(taking("gzip;q=0.0"))
                .headers()
                .get(header::CONTENT_ENCODING)
                .is_none()
        );
        let knowing = |tag: &'static [u8]| Asked {
            if_none_match: Some(tag),
            ..plainly
        };
        let tag = plain.headers()[header::ETAG].as_bytes().to_vec().leak();
        assert_eq!(get(knowing(tag)).status(), StatusCode::NOT_MODIFIED);
        assert_eq!(get(knowing(b"\"other\"")).status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn only_known_articles_are_answered() {
        let cache = cache().await;
        let at = |path| {
            cache.answer(Asked {
                path,
                ..Asked::default()
            })
        };
        assert!(at("/articles/talk").is_some());
        assert!(at("/articles/other").is_none());
        assert!(at("/").is_none());
    }

    const TALK: Asked<'_> = Asked {
        path: "/articles/talk",
        accept_encoding: None,
        if_none_match: None,
        user_agent: None,
        head: false,
    };

    #[tokio::test]
    async fn after_a_change_nothing_is_served_without_a_look() {
        let cache = cache().await;
        let page = cache.get("talk").expect("there");
        page.generation.store(u64::MAX, Ordering::Release);
        assert!(cache.answer(TALK).is_none());
        page.generation.store(0, Ordering::Release);
        page.confirm(generation());
        assert!(cache.answer(TALK).is_some());
    }

    #[tokio::test]
    async fn nobody_is_served_for_long_when_nobody_looks() {
        let cache = cache().await;
        cache.looked.store(millis() - millis_of(STALE), Ordering::Release);
        assert!(cache.answer(TALK).is_none());
        cache.looked.store(millis(), Ordering::Release);
        assert!(cache.answer(TALK).is_some());
    }

    #[tokio::test]
    async fn what_nobody_asked_for_goes_first_and_then_whatever_is_too_much() {
        let mut pages = Pages::default();
        for n in 0..8 {
            let page = page(&n.to_string()).await;
            page.asked.store(n % 2 == 0, Ordering::Relaxed);
            pages.octets += page.octets;
            pages.by_slug.insert(n.to_string(), page);
        }
        let (all, one) = (pages.octets, pages.by_slug["0"].octets);
        pages.shrink(all);
        assert_eq!(pages.by_slug.len(), 8, "there is room");
        for (n, page) in &pages.by_slug {
            page.asked
                .store(["0", "2", "4", "6"].contains(&n.as_str()), Ordering::Relaxed);
        }
        pages.shrink(all - 4 * one + one / 2);
        let mut left: Vec<&str> = pages.by_slug.keys().map(String::as_str).collect();
        left.sort_unstable();
        assert_eq!(left, ["0", "2", "4", "6"]);
        pages.shrink(2 * one + one / 2);
        assert_eq!(pages.by_slug.len(), 2);
        assert_eq!(pages.octets, pages.by_slug.values().map(|p| p.octets).sum::<usize>());
    }
}
