//! The list of pages for search engines. One article is one page in one language: there are no translations to name.

use crate::{Error, article, magazine, repo};
use chrono::{DateTime, Utc};
use domain::Lang;
use print::feeds::{self, Location, SITEMAP_LOCATIONS};
use web::App;

/// Issues in the list.
const ISSUES: u64 = 10_000;

/// The list, or where there are more pages than one may hold, the list of lists; with `n` one of these, from 1 on.
///
/// # Errors
/// [`Error::NotFound`] when there is no such list.
pub(crate) async fn sitemap(app: &App, n: Option<usize>) -> Result<String, Error> {
    let all = locations(app).await?;
    parted(&all, n, SITEMAP_LOCATIONS, &app.settings.web.public_url)
}

fn parted(all: &[Location], n: Option<usize>, most: usize, public_url: &str) -> Result<String, Error> {
    let mut parts = all.chunks(most);
    let list = |part: &[Location]| feeds::sitemap(part).map_err(Error::Print);
    match n {
        None if all.len() <= most => list(all),
        None => {
            let changed = |part: &[Location]| part.iter().map(|l| l.changed).max().unwrap_or_default();
            let lists: Vec<(String, DateTime<Utc>)> = (1..)
                .zip(parts)
                .map(|(n, part)| (format!("{public_url}/sitemap/{n}.xml"), changed(part)))
                .collect();
            Ok(feeds::sitemap_index(&lists))
        }
        Some(n) if all.len() > most => {
            let part = n.checked_sub(1).and_then(|at| parts.nth(at));
            list(part.ok_or(Error::NotFound)?)
        }
        Some(_) => Err(Error::NotFound),
    }
}

async fn locations(app: &App) -> Result<Vec<Location>, Error> {
    let (conn, now) = (app.db.reader(), app.clock.now());
    let location = |path: &str, lang: Lang, changed| Location {
        address: app.public_url(path),
        lang: super::document::lang(lang),
        changed,
        others: Vec::new(),
    };
    let mut pages = Vec::new();
    for row in magazine::shown_issues(conn, None, ISSUES).await? {
        pages.push(location(&format!("/magazine/{}", row.number), row.lang, row.updated_at));
    }
    for (slug, lang, state, published, corrected, hidden) in repo::published_pages(conn).await? {
        if let Some(at) = published.filter(|_| article::stands(state, published, hidden, now)) {
            pages.push(location(&format!("/articles/{slug}"), lang, corrected.unwrap_or(at)));
        }
    }
    let latest = pages.iter().map(|l| l.changed).max().unwrap_or_default();
    let mut all: Vec<Location> = ["/", "/magazine", "/magazine/archive"]
        .map(|path| location(path, Lang::Ko, latest))
        .into();
    all.extend(pages);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_pages_than_a_list_may_hold_stand_in_several_and_one_names_them() {
        let page = |n: i64| Location {
            address: format!("https://mundap.example/articles/{n}"),
            lang: print::Lang::Ko,
            changed: DateTime::from_timestamp(1_800_000_000 + n, 0).expect("a moment"),
            others: Vec::new(),
        };
        let all: Vec<Location> = (0..5).map(page).collect();
        let at = |n, most| parted(&all, n, most, "https://mundap.example");
        let whole = at(None, 5).expect("a list");
        assert_eq!(whole.matches("<url>").count(), 5);
        assert!(matches!(at(Some(1), 5), Err(Error::NotFound)));
        let index = at(None, 2).expect("a list of lists");
        assert_eq!(index.matches("<sitemap>").count(), 3);
        assert!(index.contains("https://mundap.example/sitemap/3.xml"), "{index}");
        assert!(at(Some(3), 2).expect("a list").contains("articles/4"));
        for n in [0, 4] {
            assert!(matches!(at(Some(n), 2), Err(Error::NotFound)), "{n}");
        }
    }
}
