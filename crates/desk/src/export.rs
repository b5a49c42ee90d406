//! Everything of one event as JSON: every row that belongs to it, by table. No secret is in it: passwords and sessions
//! are left out, and a token that was quoted in a mail is masked.

use data_encoding::BASE64;
use db::{
    entity::{
        answer, approval, approver, article, article_block, article_correction, article_day, article_remark,
        article_revision, asset, assignment, attachment, audit_entry, comment, company, consent, crew_address,
        crew_member, decision, delivery, door_mark, event, field, hall_applause, hall_question, incoming_mail,
        invitation, issue, issue_item, outgoing_mail, partner, partner_service, programme_part, question,
        reverse_question, roster_import, rsvp, rsvp_interest, service, sitting, speaker, stage_act, stage_line,
        stage_run, stage_sheet, walk_in,
    },
    prelude::*,
};
use domain::EventId;
use sea_orm::{
    Condition, IdenStatic, Iterable, QueryTrait, Value as DbValue,
    sea_query::{Query, SelectStatement},
};
use serde_json::{Map, Value, json};

/// # Errors
/// When the database refuses, or there is no such event.
pub async fn event(conn: &impl ConnectionTrait, id: EventId) -> Result<Option<Value>, db::Error> {
    let Some(row) = event::Entity::find_by_id(id).one(conn).await? else {
        return Ok(None);
    };
    let mut out = Map::new();
    out.insert("format".into(), json!("mundap-event-1"));
    out.insert("event".into(), object(&row, &[]));
    programme(conn, id, &mut out).await?;
    people(conn, id, &mut out).await?;
    conversation(conn, id, &mut out).await?;
    mails(conn, id, &mut out).await?;
    articles(conn, id, &mut out).await?;
    Ok(Some(Value::Object(out)))
}

/// A query for the ids of this event's rows of another table.
fn ids<E: EntityTrait>(id: E::Column, event: E::Column, of: EventId) -> SelectStatement {
    E::find().select_only().column(id).filter(event.eq(of)).into_query()
}

async fn programme(conn: &impl ConnectionTrait, id: EventId, out: &mut Map<String, Value>) -> Result<(), db::Error> {
    let sittings = ids::<sitting::Entity>(sitting::Column::Id, sitting::Column::EventId, id);
    put(
        out,
        "sittings",
        &sitting::Entity::find()
            .filter(sitting::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    let parts = programme_part::Entity::find().filter(programme_part::Column::SittingId.in_subquery(sittings));
    put(out, "programme_parts", &parts.all(conn).await?, &[]);
    put(
        out,
        "speakers",
        &speaker::Entity::find()
            .filter(speaker::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    put(out, "services", &service::Entity::find().all(conn).await?, &[]);
    put(out, "crew_members", &crew_member::Entity::find().all(conn).await?, &[]);
    put(
        out,
        "crew_addresses",
        &crew_address::Entity::find().all(conn).await?,
        &[],
    );
    put(out, "fields", &field::Entity::find().all(conn).await?, &[]);
    Ok(())
}

async fn people(conn: &impl ConnectionTrait, id: EventId, out: &mut Map<String, Value>) -> Result<(), db::Error> {
    let invited = || ids::<invitation::Entity>(invitation::Column::Id, invitation::Column::EventId, id);
    let partners = || ids::<invitation::Entity>(invitation::Column::PartnerId, invitation::Column::EventId, id);
    let companies = partner::Entity::find()
        .select_only()
        .column(partner::Column::CompanyId)
        .filter(partner::Column::Id.in_subquery(partners()))
        .filter(partner::Column::CompanyId.is_not_null())
        .into_query();
    let invitations = invitation::Entity::find().filter(invitation::Column::EventId.eq(id));
    put(out, "invitations", &invitations.all(conn).await?, &[]);
    let people = partner::Entity::find().filter(partner::Column::Id.in_subquery(partners()));
    put(out, "partners", &people.all(conn).await?, &[]);
    let met = partner_service::Entity::find().filter(partner_service::Column::PartnerId.in_subquery(partners()));
    put(out, "partner_services", &met.all(conn).await?, &[]);
    put(
        out,
        "companies",
        &company::Entity::find()
            .filter(company::Column::Id.in_subquery(companies))
            .all(conn)
            .await?,
        &[],
    );
    let rsvps = rsvp::Entity::find().filter(rsvp::Column::InvitationId.in_subquery(invited()));
    put(out, "rsvps", &rsvps.all(conn).await?, &[]);
    let interests = rsvp_interest::Entity::find().filter(rsvp_interest::Column::InvitationId.in_subquery(invited()));
    put(out, "rsvp_interests", &interests.all(conn).await?, &[]);
    let marks = door_mark::Entity::find().filter(door_mark::Column::InvitationId.in_subquery(invited()));
    put(out, "door_marks", &marks.all(conn).await?, &[]);
    let sittings = ids::<sitting::Entity>(sitting::Column::Id, sitting::Column::EventId, id);
    let guests = walk_in::Entity::find().filter(walk_in::Column::SittingId.in_subquery(sittings));
    put(out, "walk_ins", &guests.all(conn).await?, &[]);
    let consents = consent::Entity::find().filter(consent::Column::InvitationId.in_subquery(invited()));
    put(out, "consents", &consents.all(conn).await?, &[]);
    let imports = roster_import::Entity::find().filter(roster_import::Column::EventId.eq(id));
    put(out, "roster_imports", &imports.all(conn).await?, &["bytes"]);
    Ok(())
}

async fn conversation(conn: &impl ConnectionTrait, id: EventId, out: &mut Map<String, Value>) -> Result<(), db::Error> {
    put(
        out,
        "questions",
        &question::Entity::find()
            .filter(question::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    let reverse = reverse_question::Entity::find().filter(reverse_question::Column::EventId.eq(id));
    put(out, "reverse_questions", &reverse.all(conn).await?, &[]);
    put(
        out,
        "decisions",
        &decision::Entity::find()
            .filter(decision::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    put(
        out,
        "assignments",
        &assignment::Entity::find()
            .filter(assignment::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    put(
        out,
        "answers",
        &answer::Entity::find()
            .filter(answer::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    put(
        out,
        "deliveries",
        &delivery::Entity::find()
            .filter(delivery::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    put(
        out,
        "stage_runs",
        &stage_run::Entity::find()
            .filter(stage_run::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    let sheets = stage_sheet::Entity::find()
        .filter(stage_sheet::Column::EventId.eq(id))
        .all(conn)
        .await?;
    let lines = stage_line::Entity::find().filter(stage_line::Column::SheetId.is_in(sheets.iter().map(|s| s.id)));
    put(out, "stage_lines", &lines.all(conn).await?, &[]);
    put(out, "stage_sheets", &sheets, &[]);
    let asked = hall_question::Entity::find().filter(hall_question::Column::EventId.eq(id));
    put(out, "hall_questions", &asked.all(conn).await?, &[]);
    let applause = hall_applause::Entity::find().filter(hall_applause::Column::EventId.eq(id));
    put(out, "hall_applause", &applause.all(conn).await?, &[]);
    let acts = stage_act::Entity::find().filter(stage_act::Column::EventId.eq(id));
    put(
        out,
        "stage_acts",
        &acts.order_by_asc(stage_act::Column::Version).all(conn).await?,
        &[],
    );
    let entries = audit_entry::Entity::find().filter(audit_entry::Column::EventId.eq(id));
    put(
        out,
        "audit_entries",
        &entries.order_by_asc(audit_entry::Column::Id).all(conn).await?,
        &[],
    );
    Ok(())
}

async fn mails(conn: &impl ConnectionTrait, id: EventId, out: &mut Map<String, Value>) -> Result<(), db::Error> {
    let outgoing = outgoing_mail::Entity::find().filter(outgoing_mail::Column::EventId.eq(id));
    put(
        out,
        "outgoing_mails",
        &outgoing.all(conn).await?,
        &["lease_until", "lease_owner"],
    );
    let rows = incoming_mail::Entity::find()
        .filter(incoming_mail::Column::EventId.eq(id))
        .all(conn)
        .await?;
    let incoming = rows.iter().map(|row| {
        // The reply address holds a token, in the envelope and in the headers.
        let mut json = object(row, &["raw", "envelope_to"]);
        json["envelope_to"] = masked(row.envelope_to.as_bytes());
        json["raw"] = masked(&row.raw);
        json
    });
    let incoming: Vec<Value> = incoming.collect();
    out.insert("incoming_mails".into(), Value::Array(incoming));
    let theirs = ids::<incoming_mail::Entity>(incoming_mail::Column::Id, incoming_mail::Column::EventId, id);
    let files = attachment::Entity::find().filter(attachment::Column::IncomingId.in_subquery(theirs));
    let files = files.order_by_asc(attachment::Column::Id).all(conn).await?;
    let files = files.iter().map(|file| {
        let mut json = object(file, &["bytes"]);
        json["bytes"] = json!(BASE64.encode(&mail::read::mask_file(&file.media_type, &file.bytes)));
        json
    });
    out.insert("attachments".into(), files.collect());
    Ok(())
}

fn masked(raw: &[u8]) -> Value {
    Value::String(String::from_utf8_lossy(&mail::read::mask_source(raw)).into_owned())
}

async fn articles(conn: &impl ConnectionTrait, id: EventId, out: &mut Map<String, Value>) -> Result<(), db::Error> {
    let theirs = Query::select()
        .column(article::Column::Id)
        .from(article::Entity)
        .and_where(article::Column::EventId.eq(id))
        .to_owned();
    put(
        out,
        "articles",
        &article::Entity::find()
            .filter(article::Column::EventId.eq(id))
            .all(conn)
            .await?,
        &[],
    );
    let blocks = article_block::Entity::find().filter(article_block::Column::ArticleId.in_subquery(theirs.clone()));
    put(out, "article_blocks", &blocks.all(conn).await?, &[]);
    let revisions = article_revision::Entity::find();
    let revisions = revisions.filter(article_revision::Column::ArticleId.in_subquery(theirs.clone()));
    put(out, "article_revisions", &revisions.all(conn).await?, &[]);
    let corrections = article_correction::Entity::find();
    let corrections = corrections.filter(article_correction::Column::ArticleId.in_subquery(theirs.clone()));
    put(out, "article_corrections", &corrections.all(conn).await?, &[]);
    let asked = Query::select()
        .column(approver::Column::Id)
        .from(approver::Entity)
        .and_where(approver::Column::ArticleId.in_subquery(theirs.clone()))
        .to_owned();
    let approvers = approver::Entity::find().filter(approver::Column::ArticleId.in_subquery(theirs.clone()));
    put(out, "approvers", &approvers.all(conn).await?, &[]);
    let approvals = approval::Entity::find().filter(approval::Column::ApproverId.in_subquery(asked));
    put(out, "approvals", &approvals.all(conn).await?, &[]);
    let said = comment::Entity::find().filter(comment::Column::ArticleId.in_subquery(theirs.clone()));
    put(out, "comments", &said.all(conn).await?, &[]);
    let remarks = article_remark::Entity::find();
    let remarks = remarks.filter(article_remark::Column::ArticleId.in_subquery(theirs.clone()));
    put(out, "article_remarks", &remarks.all(conn).await?, &[]);
    let days = article_day::Entity::find().filter(article_day::Column::ArticleId.in_subquery(theirs.clone()));
    put(out, "article_days", &days.all(conn).await?, &[]);
    let shown = Query::select()
        .column(article_block::Column::Asset)
        .from(article_block::Entity)
        .and_where(article_block::Column::ArticleId.in_subquery(theirs.clone()))
        .and_where(article_block::Column::Asset.is_not_null())
        .to_owned();
    // The issues in which they stand, whole: what else stands there is named by its id.
    let standing = Query::select()
        .column(issue_item::Column::IssueId)
        .from(issue_item::Entity)
        .and_where(issue_item::Column::ArticleId.in_subquery(theirs))
        .to_owned();
    let issues = issue::Entity::find().filter(issue::Column::Id.in_subquery(standing.clone()));
    let issues = issues.all(conn).await?;
    let items = issue_item::Entity::find().filter(issue_item::Column::IssueId.in_subquery(standing));
    put(out, "issue_items", &items.all(conn).await?, &[]);
    let covers: Vec<&str> = issues.iter().filter_map(|i| i.cover.as_deref()).collect();
    let needed = Condition::any()
        .add(asset::Column::Sha256.in_subquery(shown))
        .add(asset::Column::Sha256.is_in(covers));
    put(out, "issues", &issues, &[]);
    let pictures = asset::Entity::find().filter(needed).all(conn).await?;
    let pictures = pictures.iter().map(|picture| {
        let mut json = object(picture, &["bytes"]);
        json["bytes"] = json!(BASE64.encode(&picture.bytes));
        json
    });
    out.insert("pictures".into(), pictures.collect());
    Ok(())
}

fn put<M: ModelTrait>(out: &mut Map<String, Value>, name: &str, rows: &[M], skip: &[&str]) {
    let mut rows: Vec<Value> = rows.iter().map(|row| object(row, skip)).collect();
    // Ids sort by time; without them (tables of pairs) the rows stay as they came.
    rows.sort_by(|a, b| a["id"].as_str().cmp(&b["id"].as_str()));
    out.insert(name.to_owned(), Value::Array(rows));
}

/// A row, column by column: what a new column brings stands in the export by itself.
fn object<M: ModelTrait>(row: &M, skip: &[&str]) -> Value {
    let columns = <M::Entity as EntityTrait>::Column::iter().filter(|c| !skip.contains(&c.as_str()));
    columns
        .map(|c| (c.as_str().to_owned(), to_json(row.get(c))))
        .collect::<Map<_, _>>()
        .into()
}

fn to_json(value: DbValue) -> Value {
    match value {
        DbValue::Bool(v) => json!(v),
        DbValue::TinyInt(v) => json!(v),
        DbValue::SmallInt(v) => json!(v),
        DbValue::Int(v) => json!(v),
        DbValue::BigInt(v) => json!(v),
        DbValue::String(v) => json!(v),
        DbValue::Json(v) => v.map_or(Value::Null, |v| *v),
        DbValue::Bytes(v) => v.map_or(Value::Null, |v| Value::String(BASE64.encode(&v))),
        DbValue::Uuid(v) => v.map_or(Value::Null, |v| Value::String(v.simple().to_string())),
        DbValue::ChronoDate(v) => v.map_or(Value::Null, |v| Value::String(v.to_string())),
        DbValue::ChronoDateTimeUtc(v) => v.map_or(Value::Null, |v| {
            Value::String(v.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
        }),
        // No entity of ours has a column of another type; a new one must not vanish silently.
        other => Value::String(format!("{other:?}")),
    }
}
