//! The screen in the hall: the question, huge, its asker as they agreed, and who answers.

use crate::{
    stage::{repo, service::Shown, topic},
    triage::{pages_enter as enter, repo as triage},
};
use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};
use db::{entity::event, people};
use domain::{Lang, QuestionId, ReverseId, person::Person, state::question::Naming, text};
use web::{App, Chrome, auth::Staff, render};

/// So many characters and more are shown smaller.
const LONG: usize = 120;

/// What stands on the screen.
struct Screen {
    /// `3/10`; a question asked back has none.
    position: Option<(usize, usize)>,
    body: String,
    lang: Lang,
    /// Who asks.
    asker: String,
    speaker: String,
}

impl Screen {
    fn long(&self) -> bool {
        text::char_count(&self.body) > LONG
    }
}

#[derive(Template)]
#[template(path = "stage/screen.html")]
struct HallPage {
    c: Chrome,
    event: event::Model,
    title: String,
    screen: Option<Screen>,
}

pub(super) async fn show(State(app): State<App>, _: Staff, c: Chrome, Path(slug): Path<String>) -> web::Result {
    let (event, c) = enter(&app, c, &slug).await?;
    let run = repo::run(app.db.reader(), event.id).await?;
    let screen = match Shown::of(run.as_ref()) {
        Shown::Question(id) => question(&app, &event, id, c.lang()).await?,
        Shown::Reverse(id) => reverse(&app, &event, id).await?,
        Shown::Nothing => None,
    };
    let title = people::in_lang(c.lang(), &event.title, &event.title_en);
    render(&HallPage {
        c,
        event,
        title,
        screen,
    })
}

/// `None` when it has left the order: withdrawn from the stage, or not reached.
async fn question(app: &App, event: &event::Model, id: QuestionId, lang: Lang) -> Result<Option<Screen>, db::Error> {
    let conn = app.db.reader();
    let order = repo::order(conn, event.id).await?;
    let of = order.len();
    let Some((at, (decision, question))) = order.into_iter().enumerate().find(|(_, (_, q))| q.id == id) else {
        return Ok(None);
    };
    let asker = people::invitee(conn, question.invitation_id, lang).await?;
    let speakers = triage::speakers(conn, event.id).await?;
    let speaker = speakers.iter().find(|s| Some(s.id) == decision.speaker_id);
    Ok(Some(Screen {
        position: Some((at + 1, of)),
        asker: asker.map(|a| as_agreed(&a, question.naming, lang)).unwrap_or_default(),
        speaker: speaker.map(|s| people::speaker_person(s).line()).unwrap_or_default(),
        body: question.body,
        lang: question.lang,
    }))
}

/// A partner on a screen that everybody sees stands as they agreed to stand in print.
pub(crate) fn as_agreed(asker: &people::Invitee, naming: Naming, lang: Lang) -> String {
    match naming {
        Naming::Full => asker.line(),
        Naming::Company | Naming::Nameless => asker.person.clone().named(naming, lang).line(),
    }
}

async fn reverse(app: &App, event: &event::Model, id: ReverseId) -> Result<Option<Screen>, db::Error> {
    let conn = app.db.reader();
    let Some(asked) = repo::reverse_of(conn, event.id, id).await? else {
        return Ok(None);
    };
    let hosts = people::hosts(conn, asked.crew_member_id, asked.speaker_id, asked.staff_id).await?;
    let host = (asked.speaker_id.and_then(|id| hosts.speakers.get(&id)))
        .or_else(|| asked.crew_member_id.and_then(|id| hosts.crew.get(&id)))
        .map(Person::line);
    Ok(Some(Screen {
        position: None,
        body: asked.body,
        lang: asked.lang,
        asker: host.unwrap_or_default(),
        speaker: String::new(),
    }))
}

pub(super) async fn live(State(app): State<App>, _: Staff, Path(slug): Path<String>) -> web::Result<Response> {
    let event = crate::repo::event_by_slug(app.db.reader(), &slug)
        .await?
        .ok_or(web::Error::NotFound)?;
    Ok(web::live::sse(app.live.subscribe(&topic(event.id))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{InvitationId, PartnerId};

    #[test]
    fn the_screen_names_nobody_who_did_not_agree() {
        let person = Person::Partner {
            name: Some("김하늘".into()),
            title: Some("대표".into()),
            company: Some("하늘책방".into()),
            group: None,
            services: vec![],
        };
        let asker = people::Invitee {
            invitation: InvitationId::new(),
            partner: PartnerId::new(),
            person,
            display_line: Some("책방지기 하늘".into()),
            email: None,
            lang: Lang::Ko,
            company_id: None,
            company: None,
            field: None,
            link_version: 1,
        };
        assert_eq!(as_agreed(&asker, Naming::Full, Lang::Ko), "책방지기 하늘");
        assert_eq!(as_agreed(&asker, Naming::Company, Lang::Ko), "하늘책방");
        assert_eq!(as_agreed(&asker, Naming::Nameless, Lang::Ko), "익명의 파트너");
    }
}
