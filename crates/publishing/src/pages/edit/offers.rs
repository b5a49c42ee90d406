//! What an editor may choose to bring in.

use crate::{
    Error,
    article::{Asked, Draft, QuoteBy},
    repo::{self, Material},
};
use db::entity::event;
use domain::text::excerpt;
use web::{Choice, Chrome};

/// Answers by crews that are offered at once; a search among their questions finds the others.
pub(super) const OFFERS: u64 = 200;

/// What could come in: crew answers, and the rest (live and asked back).
pub(super) fn offers(c: &Chrome, material: &Material, draft: &Draft, chosen: &[Asked]) -> (Vec<Choice>, Vec<Choice>) {
    let there: Vec<Asked> = draft.blocks.iter().filter_map(|b| b.body.asked()).collect();
    let choice = |asked: Asked| {
        let label = match asked {
            Asked::Question(id) => {
                let q = material.questions.get(&id)?;
                format!("{}. {}", q.number.unwrap_or_default(), excerpt(&q.body, 90))
            }
            Asked::Reverse(id) => {
                let r = material.reverses.get(&id)?;
                let label = c.t1("article-reverse-n", "n", r.place.unwrap_or_default());
                format!("{label} {}", excerpt(&r.body, 90))
            }
        };
        (!there.contains(&asked)).then(|| Choice::new(asked, label).chosen(chosen.contains(&asked)))
    };
    let crew = material.crew.iter().filter_map(|q| choice(Asked::Question(*q)));
    let live = material.live.iter().map(|q| Asked::Question(*q));
    let others = live
        .chain(material.reverse.iter().map(|r| Asked::Reverse(*r)))
        .filter_map(choice);
    (crew.collect(), others.collect())
}

/// Whose words a quote may be: by person, and by approved answer.
pub(super) async fn quotable(
    conn: &impl db::prelude::ConnectionTrait,
    c: &Chrome,
    event: &event::Model,
    material: &Material,
    chosen: &str,
) -> Result<(Vec<Choice>, Vec<Choice>), Error> {
    let choice = |by: QuoteBy, label: String| Choice::new(by, label).chosen(by.to_string() == chosen);
    let people = repo::quotable(conn, event, c.lang()).await?;
    let hosts = repo::hosts(conn, material.answers.iter(), std::iter::empty()).await?;
    let partners: Vec<_> = material.answers.iter().filter_map(|a| a.invitation_id).collect();
    let partners = db::people::invitees(conn, partners, c.lang()).await?;
    let said = material.answers.iter().map(|a| {
        let partner = a
            .invitation_id
            .and_then(|id| partners.get(&id))
            .map(db::people::Invitee::line);
        let line = partner.unwrap_or_else(|| repo::host_behind(&hosts, a, event, c.lang()).line());
        choice(QuoteBy::Answer(a.id), format!("{line}: {}", excerpt(&a.body, 60)))
    });
    Ok((
        people.into_iter().map(|(by, line)| choice(by, line)).collect(),
        said.collect(),
    ))
}
