//! People are asked, each with one mail for all that is new to them.

use super::{
    Contact, Item, Status, contacts,
    letter::{self, Ask},
    sheet,
};
use crate::{
    Error,
    article::{Draft, Who},
    repo,
};
use db::{
    audit,
    entity::{approval, approver, article, event},
    prelude::*,
};
use domain::{
    ApprovalId, ApproverId, ArticleId, StaffId,
    state::article::{ApprovalState, ArticleState},
};
use sea_orm::sea_query::OnConflict;

/// What asking did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asks {
    /// People who have something new to look at.
    pub people: usize,
    /// Those of them who have an address.
    pub mails: usize,
}

/// Asks everybody whose words nobody asked about as they stand now, or this one alone. Whoever took their words back is
/// asked about other words only by name. Asking again asks nobody twice.
///
/// # Errors
/// When the article is withdrawn: nothing of it shall be printed.
pub async fn ask(app: &web::App, staff: StaffId, id: ArticleId, only: Option<Who>) -> Result<Asks, Error> {
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    if article.state == ArticleState::Withdrawn {
        return Err(db::Error::Stale { what: "article" }.into());
    }
    let event = repo::event(&tx, article.event_id).await?;
    let draft = Draft::of(&article, repo::blocks(&tx, id).await?);
    let (_, _, sheet) = sheet(&tx, &article, draft).await?;
    let contacts = contacts(&tx, sheet.people.iter().map(|(who, _, _)| *who)).await?;
    let mut asks = Asks::default();
    for (who, _, items) in &sheet.people {
        if only.is_some_and(|only| only != *who) {
            continue;
        }
        let new: Vec<&Item> = items
            .iter()
            .filter(|i| match i.status {
                Status::Missing | Status::Reopened => true,
                Status::Withdrawn => only.is_some() && i.row.is_none(),
                Status::Asked | Status::Approved | Status::ChangeWanted => false,
            })
            .collect();
        if new.is_empty() {
            continue;
        }
        let approver = approver_of(&tx, app, id, *who).await?;
        let mut first = None;
        for item in &new {
            let id = insert(&tx, app, approver, item, ApprovalState::Asked, None).await?;
            first.get_or_insert(id);
        }
        asks.people += 1;
        let mailed = tell(&tx, app, (&event, &article), contacts.get(who), approver, &new, first).await?;
        asks.mails += usize::from(mailed);
    }
    let details = serde_json::json!({ "people": asks.people, "mails": asks.mails });
    note(&tx, app, staff, &article, "approval.asked", details).await?;
    tx.commit().await?;
    app.wake.notify();
    Ok(asks)
}

/// The mail, where there is an address.
async fn tell(
    tx: &WriteTx,
    app: &web::App,
    of: (&event::Model, &article::Model),
    contact: Option<&Contact>,
    approver: ApproverId,
    new: &[&Item],
    first: Option<ApprovalId>,
) -> Result<bool, Error> {
    let now = app.clock.now();
    approver::Entity::update_many()
        .col_expr(approver::Column::AskedAt, Expr::value(Some(now)))
        .col_expr(approver::Column::Reminders, Expr::value(0))
        .filter(approver::Column::Id.eq(approver))
        .exec(tx)
        .await?;
    let Some((contact, email)) = contact.and_then(|c| Some((c, c.email.as_ref()?))) else {
        return Ok(false);
    };
    let shown: Vec<letter::Shown<'_>> = new
        .iter()
        .map(|i| (i.words.line.as_str(), i.words.pieces.clone()))
        .collect();
    let dedup = format!(
        "approval:{approver}:{}",
        first.map(|id| id.to_string()).unwrap_or_default()
    );
    let mail = letter::asks(of, contact, email, approver, &shown, (Ask::First, now, dedup));
    Ok(mail::outbox::put(tx, &app.clock, &app.settings, mail).await?.is_some())
}

/// The row by which somebody is asked about this article; made when there is none.
async fn approver_of(tx: &WriteTx, app: &web::App, article: ArticleId, who: Who) -> Result<ApproverId, Error> {
    let known = |who: Who| {
        let all = approver::Entity::find().filter(approver::Column::ArticleId.eq(article));
        match who {
            Who::Partner(id) => all.filter(approver::Column::InvitationId.eq(id)),
            Who::Speaker(id) => all.filter(approver::Column::SpeakerId.eq(id)),
            Who::Crew(id) => all.filter(approver::Column::CrewMemberId.eq(id)),
        }
    };
    let row = approver::ActiveModel {
        id: Set(ApproverId::new()),
        article_id: Set(article),
        invitation_id: Set(match who {
            Who::Partner(id) => Some(id),
            _ => None,
        }),
        speaker_id: Set(match who {
            Who::Speaker(id) => Some(id),
            _ => None,
        }),
        crew_member_id: Set(match who {
            Who::Crew(id) => Some(id),
            _ => None,
        }),
        asked_at: Set(None),
        reminders: Set(0),
        created_at: Set(app.clock.now()),
    };
    approver::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    let found = known(who).one(tx).await?;
    Ok(found.ok_or(Error::NotFound)?.id)
}

/// Words that are approved as they come in.
pub(super) async fn insert_approved(
    tx: &WriteTx,
    app: &web::App,
    approver: ApproverId,
    item: &Item,
) -> Result<ApprovalId, Error> {
    insert(tx, app, approver, item, ApprovalState::Approved, None).await
}

async fn insert(
    tx: &WriteTx,
    app: &web::App,
    approver: ApproverId,
    item: &Item,
    state: ApprovalState,
    noted_by: Option<StaffId>,
) -> Result<ApprovalId, Error> {
    let (id, now) = (ApprovalId::new(), app.clock.now());
    let row = approval::ActiveModel {
        id: Set(id),
        approver_id: Set(approver),
        about: Set(item.words.about),
        hash: Set(item.words.hash()),
        line: Set(item.words.line.clone()),
        words: Set(serde_json::to_value(&item.words.pieces)?),
        state: Set(state),
        suggestion: Set(None),
        remark: Set(String::new()),
        asked_at: Set(now),
        decided_at: Set((state != ApprovalState::Asked).then_some(now)),
        noted_by: Set(noted_by),
    };
    approval::Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(id)
}

/// Staff note that somebody approved their words, as they stand now, by another way: by telephone, on paper. What they
/// took back stays taken back. Gives how many places it was.
///
/// # Errors
/// When there is no such article.
pub async fn note_approved(app: &web::App, staff: StaffId, id: ArticleId, who: Option<Who>) -> Result<usize, Error> {
    let tx = app.db.begin_write().await?;
    let article = repo::article(&tx, id).await?;
    let draft = Draft::of(&article, repo::blocks(&tx, id).await?);
    let (_, _, sheet) = sheet(&tx, &article, draft).await?;
    let mut noted = 0;
    for (person, _, items) in sheet.people.iter().filter(|(p, _, _)| who.is_none_or(|who| who == *p)) {
        let open = |i: &&Item| !matches!(i.status, Status::Approved | Status::Withdrawn);
        for item in items.iter().filter(open) {
            let approver = approver_of(&tx, app, id, *person).await?;
            if let Some(row) = &item.row {
                approval::Entity::update_many()
                    .col_expr(approval::Column::State, Expr::value(ApprovalState::Approved))
                    .col_expr(approval::Column::DecidedAt, Expr::value(Some(app.clock.now())))
                    .col_expr(approval::Column::NotedBy, Expr::value(Some(staff)))
                    .filter(approval::Column::Id.eq(row.id))
                    .filter(approval::Column::State.is_in([ApprovalState::Asked, ApprovalState::ChangeWanted]))
                    .exec(&tx)
                    .await?;
            } else {
                insert(&tx, app, approver, item, ApprovalState::Approved, Some(staff)).await?;
            }
            noted += 1;
        }
    }
    let details = serde_json::json!({ "places": noted });
    note(&tx, app, staff, &article, "approval.noted", details).await?;
    tx.commit().await?;
    Ok(noted)
}

pub(super) async fn note(
    tx: &WriteTx,
    app: &web::App,
    staff: StaffId,
    article: &article::Model,
    action: &'static str,
    details: serde_json::Value,
) -> Result<(), Error> {
    let entry = audit::Entry {
        event: Some(article.event_id),
        actor: audit::Actor::Staff(staff),
        action,
        subject: ("article", Some(article.id.uuid())),
        details,
    };
    Ok(audit::record(tx, &app.clock, entry).await?)
}
