//! Who gets what, what is said to whom and when.

use crate::story::{Story, address};
use db::{
    entity::{assignment, audit_entry, crew_member, outgoing_mail, release as record, route_rule, service},
    prelude::*,
};
use domain::{
    CrewMemberId, Lang, RuleId, ServiceId,
    state::{
        decision::DecisionKind,
        mail::{MailKind, OutgoingState},
        question::QuestionState,
        release::LetterKind,
    },
};
use moderation::{
    service::{
        template::Template,
        templates::{self, Written},
    },
    triage::service::{
        decide,
        reasons::{self, Reason},
        release::{self, Pressed, What, When},
        route_rest::{self, Rest},
        rules::{self, Rule},
    },
};
use std::{collections::BTreeMap, sync::Arc};

impl Story {
    async fn member(&self, service: ServiceId, name: &str) -> CrewMemberId {
        let id = CrewMemberId::new();
        let row = crew_member::ActiveModel {
            id: Set(id),
            service_id: Set(service),
            nickname: Set(Some(name.to_owned())),
            name: Set(name.to_owned()),
            team: Set(None),
            email: Set(address(name)),
            is_lead: Set(false),
            absent_from: Set(None),
            absent_until: Set(None),
            deputy_id: Set(None),
            removed_at: Set(None),
            created_at: Set(self.app.clock.now()),
        };
        let tx = self.app.db.begin_write().await.expect("begins");
        crew_member::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("a member");
        tx.commit().await.expect("commits");
        id
    }

    async fn other_service(&self, name: &str) -> ServiceId {
        let id = ServiceId::new();
        let row = service::ActiveModel {
            id: Set(id),
            name: Set(name.to_owned()),
            name_en: Set(String::new()),
            blurb: Set(String::new()),
            blurb_en: Set(String::new()),
            position: Set(1),
        };
        let tx = self.app.db.begin_write().await.expect("begins");
        service::Entity::insert(row)
            .exec_without_returning(&tx)
            .await
            .expect("a service");
        tx.commit().await.expect("commits");
        id
    }

    async fn away(&self, member: CrewMemberId, deputy: Option<CrewMemberId>) {
        let today = self.app.clock.now().date_naive();
        let tx = self.app.db.begin_write().await.expect("begins");
        crew_member::Entity::update_many()
            .col_expr(
                crew_member::Column::AbsentFrom,
                Expr::value(today - chrono::Days::new(2)),
            )
            .col_expr(crew_member::Column::DeputyId, Expr::value(deputy))
            .filter(crew_member::Column::Id.eq(member))
            .exec(&tx)
            .await
            .expect("away");
        tx.commit().await.expect("commits");
    }

    /// How many open assignments each has.
    async fn loads(&self) -> BTreeMap<CrewMemberId, usize> {
        let rows = assignment::Entity::find()
            .all(self.app.db.reader())
            .await
            .expect("reads");
        let mut loads = BTreeMap::new();
        for row in rows {
            *loads.entry(row.crew_member_id.expect("a member")).or_default() += 1;
        }
        loads
    }

    async fn outbox(&self, kind: MailKind) -> Vec<outgoing_mail::Model> {
        let find = outgoing_mail::Entity::find().filter(outgoing_mail::Column::Kind.eq(kind));
        find.order_by_asc(outgoing_mail::Column::Id)
            .all(self.app.db.reader())
            .await
            .expect("reads")
    }

    async fn decline(&self, question: usize, reason: &str) {
        let tx = self.app.db.begin_write().await.expect("begins");
        decide::decline(&tx, &self.app, self.staff[0], self.questions[question], reason)
            .await
            .expect("declines");
        tx.commit().await.expect("commits");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forty_questions_are_spread_evenly_also_when_two_release_at_once() {
    let story = Arc::new(Story::new(40).await);
    for name in ["ara", "bom", "dal", "eun"] {
        story.member(story.service, name).await;
    }
    let (app, event) = (&story.app, story.event);
    let pressed = route_rest::press(app, story.staff[0], event, &Rest::default()).await;
    assert_eq!(pressed.expect("routes"), route_rest::Pressed::Done(40));
    let (one, two) = tokio::join!(
        release::all(app, story.staff[0], event),
        release::all(app, story.staff[1], event)
    );
    let (one, two) = (one.expect("releases"), two.expect("releases"));
    assert_eq!(
        (one.released + two.released, one.refused.len() + two.refused.len()),
        (40, 0)
    );
    let loads: Vec<usize> = story.loads().await.into_values().collect();
    assert_eq!(loads, [10, 10, 10, 10]);
    assert_eq!(story.mails(MailKind::Assignment).await, 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absent_persons_share_goes_to_their_deputy_and_an_empty_crews_to_the_second_one() {
    let story = Story::new(8).await;
    let (app, staff, event) = (&story.app, story.staff[0], story.event);
    let maps = story.other_service("지도").await;
    let taxi = story.other_service("택시").await;
    let (ara, bom) = (
        story.member(story.service, "ara").await,
        story.member(story.service, "bom").await,
    );
    let (dal, eun) = (story.member(maps, "dal").await, story.member(taxi, "eun").await);
    // Ara is away, Dal of another crew stands in; so each of Bom and Dal gets two.
    story.away(ara, Some(dal)).await;
    for n in 0..4 {
        let tx = app.db.begin_write().await.expect("begins");
        decide::route(&tx, app, staff, story.questions[n], None)
            .await
            .expect("routes");
        tx.commit().await.expect("commits");
    }
    release::all(app, staff, event).await.expect("releases");
    assert_eq!(story.loads().await, BTreeMap::from([(bom, 2), (dal, 2)]));
    // Now all of that crew and their deputy are away, in a circle: a rule sends the rest to the taxis' crew.
    story.away(bom, Some(ara)).await;
    story.away(dal, Some(bom)).await;
    assert_eq!(route_rest::route_rest(app, staff, event).await.expect("routes"), 4);
    let done = release::all(app, staff, event).await.expect("releases");
    assert_eq!((done.released, done.refused.len()), (0, 4), "nobody can be asked");
    let tx = app.db.begin_write().await.expect("begins");
    let rule = Rule {
        service: story.service,
        crew: maps,
        second: Some(taxi),
    };
    rules::save(&tx, app, staff, None, &[rule]).await.expect("saves");
    tx.commit().await.expect("commits");
    assert_eq!(release::all(app, staff, event).await.expect("releases").released, 4);
    assert_eq!(story.loads().await.get(&eun), Some(&4));
    // The asker hears which crew answers, the audit trail for what.
    let told = story.outbox(MailKind::Outcome).await;
    let last = mail::outbox::letter(told.last().expect("a mail")).expect("reads");
    assert!(last.plain().contains("택시"), "{}", last.plain());
    // The event's own rule goes before the one for all.
    let tx = app.db.begin_write().await.expect("begins");
    let own = Rule {
        service: story.service,
        crew: story.service,
        second: None,
    };
    rules::save(&tx, app, staff, Some(event), &[own]).await.expect("saves");
    let same = route_rule::ActiveModel {
        id: Set(RuleId::new()),
        event_id: Set(Some(event)),
        service_id: Set(story.service),
        crew_service_id: Set(maps),
        second_service_id: Set(None),
        created_at: Set(app.clock.now()),
    };
    let twice = route_rule::Entity::insert(same).exec_without_returning(&tx).await;
    assert!(twice.is_err(), "one rule a service");
    tx.rollback().await.expect("rolls back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mails_go_at_a_chosen_time_or_by_hand_and_never_twice() {
    let story = Story::new(6).await;
    story.crew().await;
    let (app, staff, event) = (&story.app, story.staff[0], story.event);
    story.live(0, 0).await.expect("a place");
    story.decline(1, "주제와 다릅니다.").await;
    let at = app.clock.now() + chrono::TimeDelta::hours(5);
    // A filter takes what it names alone.
    let declined = What {
        kind: Some(DecisionKind::Decline),
        ..What::default()
    };
    let done = release::press_when(app, staff, event, &declined, When::At(at)).await;
    assert!(matches!(done, Ok(Pressed::Done(ref d)) if d.released == 1), "{done:?}");
    assert_eq!(story.state(0).await, QuestionState::Received);
    assert_eq!(story.state(1).await, QuestionState::Declined);
    let mails = story.outbox(MailKind::Outcome).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].state, OutgoingState::Queued);
    assert_eq!(mails[0].next_attempt_at.timestamp_millis(), at.timestamp_millis());
    // By service, and by hand: the mails are drafts, also the crew's.
    route_rest::route_rest(app, staff, event).await.expect("routes");
    let ours = What {
        service: Some(story.service),
        ..What::default()
    };
    let done = release::press_when(app, staff, event, &ours, When::ByHand).await;
    assert!(matches!(done, Ok(Pressed::Done(ref d)) if d.released == 5), "{done:?}");
    let drafts = |mails: &[outgoing_mail::Model]| mails.iter().filter(|m| m.state == OutgoingState::Draft).count();
    assert_eq!(drafts(&story.outbox(MailKind::Outcome).await), 5);
    assert_eq!(drafts(&story.outbox(MailKind::Assignment).await), 4);
    // Once more: nothing waits, nothing is put, no second record.
    for _ in 0..2 {
        let again = release::press_when(app, staff, event, &What::default(), When::Now).await;
        assert!(
            matches!(again, Ok(Pressed::Done(ref d)) if d.released == 0),
            "{again:?}"
        );
    }
    assert_eq!(
        (
            story.mails(MailKind::Outcome).await,
            story.mails(MailKind::Assignment).await
        ),
        (6, 4)
    );
    let records = record::Entity::find().all(app.db.reader()).await.expect("reads");
    let totals: Vec<i32> = records.iter().map(|r| r.total).collect();
    assert_eq!(totals, [1, 5]);
    // The trail says from what to what.
    let entries = audit_entry::Entity::find()
        .filter(audit_entry::Column::Action.eq("decision.released"))
        .all(app.db.reader())
        .await
        .expect("reads");
    assert!(
        entries
            .iter()
            .all(|e| e.details["from"] == "received" && e.details["to"].is_string())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_people_typed_stays_data_in_a_mail_by_template() {
    let story = Story::new(2).await;
    let (app, staff, event) = (&story.app, story.staff[0], story.event);
    let tx = app.db.begin_write().await.expect("begins");
    db::entity::partner::Entity::update_many()
        .col_expr(
            db::entity::partner::Column::Name,
            Expr::value("{link}\r\nBcc: all@x.example\r\n\r\n{reason} <b>"),
        )
        .exec(&tx)
        .await
        .expect("renames");
    let words = Written {
        subject: "[{event}] {name} {number}".into(),
        body: "{name} 님\n\n{question}\n{reason}\n{link}\n---\n{host}".into(),
        version: 0,
    };
    assert!(Template::parse(LetterKind::Declined, &words.subject, &words.body).is_ok());
    let which = (event, LetterKind::Declined, Lang::Ko);
    templates::save(&tx, app, staff, which, words.clone())
        .await
        .expect("saves");
    let stale = templates::save(&tx, app, staff, which, words.clone())
        .await
        .expect_err("somebody was first");
    assert!(stale.is_refusal());
    tx.commit().await.expect("commits");
    story.decline(0, "사유\n{name}\n---").await;
    story.decline(1, "reason").await;
    release::all(app, staff, event).await.expect("releases");
    let mails = story.outbox(MailKind::Outcome).await;
    let own = mails.iter().find(|m| m.lang == Lang::Ko).expect("a Korean mail");
    let letter = mail::outbox::letter(own).expect("reads");
    assert_eq!(letter.subject, "[파트너 문답] {link} Bcc: all@x.example {reason} <b> 1");
    assert_eq!(letter.links().count(), 1);
    let sent = mail::preview(own, &app.settings).expect("renders");
    assert!(
        sent.text.contains("{name}\n"),
        "the reason stands as it was written: {}",
        sent.text
    );
    assert!(
        sent.html.contains("&lt;b&gt;") || sent.html.contains("&#60;b&#62;"),
        "{}",
        sent.html
    );
    assert!(!sent.html.contains("<b>"));
    // English keeps the default words.
    let other = mails.iter().find(|m| m.lang == Lang::En).expect("an English mail");
    let letter = mail::outbox::letter(other).expect("reads");
    assert!(letter.plain().contains("This is why:"), "{}", letter.plain());
    let tx = app.db.begin_write().await.expect("begins");
    templates::restore(&tx, app, staff, which).await.expect("restores");
    tx.commit().await.expect("commits");
    let now = templates::written(app.db.reader(), event, LetterKind::Declined, Lang::Ko).await;
    assert_eq!(now.expect("reads"), templates::default(LetterKind::Declined, Lang::Ko));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reason_from_the_list_is_told_in_the_askers_language() {
    let story = Story::new(1).await;
    let (app, staff, event) = (&story.app, story.staff[0], story.event);
    let conn = app.db.reader();
    assert_eq!(reasons::of(conn, event).await.expect("reads"), reasons::defaults());
    let tx = app.db.begin_write().await.expect("begins");
    let own = Reason {
        ko: "다음에 다룹니다.".into(),
        en: "Next time.".into(),
    };
    reasons::save(&tx, app, staff, event, std::slice::from_ref(&own))
        .await
        .expect("saves");
    tx.commit().await.expect("commits");
    let said = |picked: &'static str, words: &'static str, lang| reasons::compose(conn, event, picked, words, lang);
    assert_eq!(said("1", "", Lang::En).await.expect("reads"), "Next time.");
    assert_eq!(
        said("1", " 봄에요. ", Lang::Ko).await.expect("reads"),
        "다음에 다룹니다.\n봄에요."
    );
    assert_eq!(said("9", "", Lang::Ko).await.expect("reads"), "", "no such reason");
    assert_eq!(said("", "말로", Lang::Ko).await.expect("reads"), "말로");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_boards_hear_of_every_share_that_a_job_routes() {
    use domain::job::Job;
    let story = Story::new(i32::try_from(route_rest::AT_ONCE * 2 + 5).expect("few")).await;
    let (app, event) = (&story.app, story.event);
    let mut board = app.live.subscribe(&format!("triage:{event}"));
    let mut page = app.live.subscribe(&format!("release:{event}"));
    let pressed = route_rest::press(app, story.staff[0], event, &Rest::default()).await;
    assert_eq!(
        pressed.expect("begins"),
        route_rest::Pressed::Begun(story.questions.len())
    );
    let handler = moderation::jobs(app.clone());
    let mut shares = 0;
    loop {
        let next = db::entity::job::Entity::find()
            .order_by_desc(db::entity::job::Column::Id)
            .all(app.db.reader())
            .await
            .expect("reads");
        if next.len() == shares {
            break;
        }
        assert_eq!(next.len(), shares + 1, "each share asks for the next one");
        let job: Job = serde_json::from_value(next[0].payload.clone()).expect("a job");
        handler.run(&job).await.expect("ours").expect("routes");
        assert!(board.next().await.is_some() && page.next().await.is_some());
        shares += 1;
    }
    assert_eq!(shares, 3, "a hundred a share");
    let routed = db::entity::question::Entity::find()
        .filter(db::entity::question::Column::Board.eq(domain::state::question::Board::Crew));
    assert_eq!(routed.count(app.db.reader()).await.expect("counts"), 205);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_boards_hear_of_what_was_routed_at_once() {
    let story = Story::new(3).await;
    let mut board = story.app.live.subscribe(&format!("triage:{}", story.event));
    let pressed = route_rest::press(&story.app, story.staff[0], story.event, &Rest::default()).await;
    assert_eq!(pressed.expect("routes"), route_rest::Pressed::Done(3));
    assert!(board.next().await.is_some());
}
