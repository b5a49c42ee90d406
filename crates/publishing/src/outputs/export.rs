//! An article or an issue as files to carry elsewhere: Markdown, JSON, pictures, in one ZIP. For its editors, so drafts are
//! among them, without the words that somebody took back, as a preview shows them.

use super::{
    edition::Printable,
    make::{Pictures, carry, carry_all, issue as whole},
};
use crate::{Error, approval, magazine, repo};
use db::{
    audit::{self, Actor},
    entity::{article as rows, issue as issues},
};
use domain::{ArticleId, IssueId, StaffId};
use print::feeds;
use web::App;

/// A folder `published`, when readers may see the article, with what they see; a folder `draft` with what its editor has.
/// Gives its name and its bytes.
pub(crate) async fn article(app: &App, staff: StaffId, id: ArticleId) -> Result<(String, Vec<u8>), Error> {
    let row = repo::article(app.db.reader(), id).await?;
    let name = format!("{}.zip", row.slug);
    let (slug, event) = (row.slug.clone(), row.event_id);
    let mut documents = Vec::new();
    let mut pictures = Pictures::default();
    if let Some(one) = Printable::of(row.clone(), app.clock.now())? {
        documents.push(("published", pictures.article(app, one).await?.map_err(Error::Print)?));
    }
    let draft = drafted(app, row).await?;
    documents.push(("draft", pictures.article(app, draft).await?.map_err(Error::Print)?));
    let tx = app.db.begin_write().await?;
    let entry = audit::Entry {
        event: Some(event),
        actor: Actor::Staff(staff),
        action: "article.exported",
        subject: ("article", Some(id.uuid())),
        details: serde_json::json!({ "slug": slug }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    let packed = move || {
        let mut files = Vec::new();
        for (folder, mut d) in documents {
            carry(&mut d);
            let own = feeds::article_files(&d).into_iter();
            files.extend(own.map(|(name, bytes)| (format!("{folder}/{name}"), bytes)));
        }
        feeds::packed(&files)
    };
    Ok((name, blocking(packed).await?))
}

async fn drafted(app: &App, row: rows::Model) -> Result<Printable, Error> {
    let snapshot = approval::without_withdrawn(app.db.reader(), &row).await?;
    Ok(Printable { row, snapshot })
}

/// The whole issue: of each article what readers see, or its draft where they see nothing, as its folder says.
pub(crate) async fn issue(app: &App, staff: StaffId, id: IssueId) -> Result<(String, Vec<u8>), Error> {
    let (conn, now) = (app.db.reader(), app.clock.now());
    let row: issues::Model = magazine::issue(conn, id).await?;
    let items = magazine::items(conn, id).await?;
    let mut found = magazine::articles(conn, items.iter().filter_map(|i| i.article_id)).await?;
    let mut sections = vec![(String::new(), Vec::new())];
    let mut folders = Vec::new();
    for item in items {
        let Some(article) = item.article_id else {
            sections.push((item.title, Vec::new()));
            continue;
        };
        let Some(row) = found.remove(&article) else { continue };
        let (slug, n) = (row.slug.clone(), folders.len() + 1);
        let (one, of) = match Printable::of(row.clone(), now)? {
            Some(one) => (one, ""),
            None => (drafted(app, row).await?, "-draft"),
        };
        folders.push(format!("{n:02}-{slug}{of}"));
        if let Some((_, section)) = sections.last_mut() {
            section.push(one);
        }
    }
    sections.retain(|(_, articles)| !articles.is_empty());
    let mut i = whole(app, &row, sections).await?.map_err(Error::Print)?;
    let tx = app.db.begin_write().await?;
    let entry = audit::Entry {
        event: None,
        actor: Actor::Staff(staff),
        action: "issue.exported",
        subject: ("issue", Some(id.uuid())),
        details: serde_json::json!({ "number": row.number }),
    };
    audit::record(&tx, &app.clock, entry).await?;
    tx.commit().await?;
    let packed = move || {
        carry_all(&mut i);
        feeds::packed(&feeds::issue_files(&i, &folders))
    };
    Ok((format!("magazine-{}.zip", row.number), blocking(packed).await?))
}

async fn blocking(packed: impl FnOnce() -> Result<Vec<u8>, print::Error> + Send + 'static) -> Result<Vec<u8>, Error> {
    match tokio::task::spawn_blocking(packed).await {
        Ok(packed) => packed.map_err(Error::Print),
        Err(error) => Err(Error::Thread(error.to_string())),
    }
}
