//! An event with as many questions as one likes: what the board and its benches are tried with.
//!
//! The same number makes the same questions. Rows go in by the thousand; the schema's constraints hold for all of them.

use crate::rows;
use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use db::{
    Db,
    entity::{
        assignment, company, crew_member, decision, event, field, invitation, partner, question, question_count,
        question_score, question_tag, review, service, similar_group, staff, tag,
    },
    prelude::*,
};
use domain::{
    AssignmentId, CompanyId, CrewMemberId, DecisionId, EmailAddress, EventId, FieldId, InvitationId, Lang, PartnerId,
    QuestionId, ReviewId, ServiceId, StaffId, TagId,
    state::{
        assignment::AssignmentState,
        decision::{DecisionKind, DecisionState},
        question::{Prefers, QuestionState},
    },
};
use sea_orm::QueryTrait;

/// What was made, and what in it is rare or frequent.
#[derive(Clone, Debug)]
pub struct Crowd {
    pub event: EventId,
    pub slug: String,
    pub moderator: StaffId,
    pub services: Vec<ServiceId>,
    pub fields: Vec<FieldId>,
    /// Of three partners.
    pub company: String,
}

/// In two of three questions.
pub const FREQUENT: &str = "정산";
/// In one of ten thousand, and at least in one.
pub const RARE: &str = "양자";
/// In one of fifty.
pub const ENGLISH: &str = "settlement";

const SUBJECTS: [&str; 12] = [
    "정산서",
    "정산 주기",
    "해외 정산금",
    "원고료 정산",
    "프로모션 배너",
    "작품 노출 순서",
    "번역 품질",
    "선투자 계약",
    "독자 댓글 관리",
    "불법 복제 대응",
    "정산 내역의 세금 처리",
    "휴재 정책",
];
const ASPECTS: [&str; 9] = [
    "를 받아 볼 때마다 어떤 기준인지 궁금했습니다.",
    "와 관련해 담당자마다 안내가 달라 혼란스럽습니다.",
    "에 대해 작년 행사에서도 여쭤보았습니다.",
    "가 바뀔 때 미리 알려 주시면 준비하기가 수월합니다.",
    "를 확인하려면 여러 화면을 오가야 합니다.",
    "때문에 다음 분기 계획을 세우기 어렵습니다.",
    "의 근거가 되는 자료를 함께 볼 수 있으면 합니다.",
    "를 두고 동료 작가들과 이야기를 나누었습니다.",
    "가 국가마다 달라 비교하기 어렵습니다.",
];
const ASKS: [&str; 8] = [
    "정산을 언제부터 나누어 볼 수 있나요?",
    "개선할 계획이 있는지, 있다면 일정은 어떻게 되는지 알고 싶습니다.",
    "정산 담당 부서와 직접 이야기할 자리를 마련해 주실 수 있나요?",
    "다른 파트너도 같은 어려움을 겪는지 궁금합니다.",
    "정산 자료를 엑셀로 내려받을 수 있게 해 주실 수 있나요?",
    "앞으로의 방향을 설명해 주시면 감사하겠습니다.",
    "정산 오류가 있을 때는 어디에 알리면 되나요?",
    "신인 파트너에게도 똑같이 적용되나요?",
];
const ENGLISH_ASKS: [&str; 4] = [
    "Could you explain how the overseas settlement is calculated, and when we can see it by country?",
    "Is there an API by which we can read our settlement reports each month?",
    "We would like to know how titles are chosen for promotion abroad.",
    "What is the plan for translation quality in the coming year?",
];
const PART: usize = 500;

/// The text of the `n`th question.
pub fn text(n: usize) -> String {
    if n % 33 == 7 {
        return ENGLISH_ASKS[n / 33 % ENGLISH_ASKS.len()].to_owned();
    }
    let pick = |of: usize, by: usize| n.wrapping_mul(2_654_435_761).wrapping_add(by * 40_503) / 97 % of;
    let mut text = format!(
        "{}{} {}",
        SUBJECTS[pick(SUBJECTS.len(), 1)],
        ASPECTS[pick(ASPECTS.len(), 5)],
        ASKS[pick(ASKS.len(), 11)]
    );
    if n % 10_000 == 20 {
        text.push_str(" 양자암호로 계약서를 보관할 수 있는지도 여쭙니다.");
    }
    text
}

/// Makes it, the index of words not included.
///
/// # Errors
/// When the database refuses.
pub async fn crowd(db: &Db, now: DateTime<Utc>, slug: &str, questions: usize) -> Result<Crowd> {
    let made = stage(db, now, slug).await?;
    let invitations = people(db, now, &made, questions.div_ceil(2)).await?;
    ask(db, now, &made, &invitations, questions).await?;
    if db.engine() == db::Engine::Postgres {
        // What the server does by itself within a minute.
        let tx = db.begin_write().await?;
        tx.execute_unprepared("ANALYZE").await?;
        tx.commit().await?;
    }
    Ok(made)
}

/// The crowd's moderator has read every question.
///
/// # Errors
/// When the database refuses.
pub async fn read_all(db: &Db, now: DateTime<Utc>, made: &Crowd) -> Result<()> {
    let read = review::Entity::find()
        .select_only()
        .column(review::Column::QuestionId)
        .filter(review::Column::StaffId.eq(made.moderator))
        .into_query();
    let left: Vec<QuestionId> = question::Entity::find()
        .select_only()
        .column(question::Column::Id)
        .filter(question::Column::EventId.eq(made.event))
        .filter(question::Column::Id.not_in_subquery(read))
        .into_tuple()
        .all(db.reader())
        .await?;
    for part in left.chunks(PART) {
        let rows = part.iter().map(|id| review::ActiveModel {
            id: Set(ReviewId::new()),
            event_id: Set(made.event),
            question_id: Set(*id),
            staff_id: Set(made.moderator),
            abstained: Set(true),
            comment: Set(None),
            read_at: Set(now),
            scored_at: Set(None),
            score_milli: Set(None),
            version: Set(1),
        });
        let tx = db.begin_write().await?;
        review::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn stage(db: &Db, now: DateTime<Utc>, slug: &str) -> Result<Crowd> {
    let tx = db.begin_write().await?;
    let event = EventId::new();
    let row = event::ActiveModel {
        id: Set(event),
        slug: Set(slug.to_owned()),
        title: Set("파트너와의 대화".into()),
        title_en: Set("A talk with partners".into()),
        host_name: Set("나래".into()),
        host_name_en: Set("Narae".into()),
        intro: Set(String::new()),
        intro_en: Set(String::new()),
        time_zone: Set("Asia/Seoul".into()),
        opens_at: Set(now - TimeDelta::days(30)),
        closes_at: Set(now + TimeDelta::days(1)),
        live_places: Set(10),
        reverse_places: Set(8),
        max_questions: Set(3),
        answer_days: Set(7),
        created_at: Set(now),
        hall_code: Set(None),
        hall_from: Set(None),
        hall_asks_until: Set(None),
    };
    event::Entity::insert(row).exec_without_returning(&tx).await?;
    let moderator = StaffId::new();
    let row = staff::ActiveModel {
        id: Set(moderator),
        email: Set(EmailAddress::parse(&format!("{slug}@host.example"))?),
        name: Set("운영자".into()),
        password_hash: Set(String::new()),
        roles: Set("moderator".into()),
        disabled_at: Set(None),
        created_at: Set(now),
    };
    staff::Entity::insert(row).exec_without_returning(&tx).await?;
    let (mut services, mut fields) = (Vec::new(), Vec::new());
    for n in 0..8 {
        let row = service::ActiveModel {
            id: Set(ServiceId::new()),
            name: Set(format!("{slug} 서비스 {n}")),
            name_en: Set(format!("{slug} service {n}")),
            blurb: Set(String::new()),
            blurb_en: Set(String::new()),
            position: Set(n),
        };
        services.push(*row.id.as_ref());
        service::Entity::insert(row).exec_without_returning(&tx).await?;
        let row = field::ActiveModel {
            id: Set(FieldId::new()),
            name: Set(format!("{slug} 분야 {n}")),
            name_en: Set(format!("{slug} field {n}")),
            position: Set(n),
        };
        fields.push(*row.id.as_ref());
        field::Entity::insert(row).exec_without_returning(&tx).await?;
    }
    tx.commit().await?;
    Ok(Crowd {
        event,
        slug: slug.to_owned(),
        moderator,
        services,
        fields,
        company: format!("{slug} 회사 1"),
    })
}

async fn people(db: &Db, now: DateTime<Utc>, made: &Crowd, count: usize) -> Result<Vec<InvitationId>> {
    let mut out = Vec::with_capacity(count);
    let mut company = CompanyId::new();
    for start in (0..count).step_by(PART) {
        let (mut companies, mut partners, mut invitations) = (Vec::new(), Vec::new(), Vec::new());
        for n in start..Ord::min(start + PART, count) {
            if n % 3 == 0 {
                company = CompanyId::new();
                companies.push(company::ActiveModel {
                    id: Set(company),
                    name: Set(format!("{} 회사 {}", made.slug, n / 3)),
                    created_at: Set(now),
                });
            }
            let partner = PartnerId::new();
            partners.push(partner::ActiveModel {
                id: Set(partner),
                company_id: Set(Some(company)),
                name: Set(format!("김파트너{n}")),
                title: Set(Some("대표".into())),
                pen_name: Set((n % 4 == 0).then(|| format!("필명{n}"))),
                group_name: Set(None),
                email: Set(None),
                lang: Set(Lang::Ko),
                display_line: Set(None),
                created_at: Set(now),
                updated_at: Set(now),
            });
            // The last field is a rare one.
            let field = if n % 1_000 == 5 { 7 } else { n % 7 };
            let mut row = rows::invitation(made.event, partner, now);
            row.field_id = Set(made.fields.get(field).copied());
            out.push(*row.id.as_ref());
            invitations.push(row);
        }
        let tx = db.begin_write().await?;
        company::Entity::insert_many(companies)
            .exec_without_returning(&tx)
            .await?;
        partner::Entity::insert_many(partners)
            .exec_without_returning(&tx)
            .await?;
        invitation::Entity::insert_many(invitations)
            .exec_without_returning(&tx)
            .await?;
        tx.commit().await?;
    }
    Ok(out)
}

/// What stands beside questions.
#[derive(Default)]
struct Beside {
    decisions: Vec<decision::ActiveModel>,
    assignments: Vec<assignment::ActiveModel>,
    scores: Vec<question_score::ActiveModel>,
    reviews: Vec<review::ActiveModel>,
    tags: Vec<question_tag::ActiveModel>,
    groups: Vec<similar_group::ActiveModel>,
}

async fn ask(db: &Db, now: DateTime<Utc>, made: &Crowd, invitations: &[InvitationId], count: usize) -> Result<()> {
    let tx = db.begin_write().await?;
    let crew = crew_member::ActiveModel {
        id: Set(CrewMemberId::new()),
        service_id: Set(made.services[0]),
        nickname: Set(None),
        name: Set("크루".into()),
        team: Set(None),
        email: Set(EmailAddress::parse(&format!("crew-{}@host.example", made.slug))?),
        is_lead: Set(true),
        removed_at: Set(None),
        absent_from: Set(None),
        absent_until: Set(None),
        deputy_id: Set(None),
        created_at: Set(now),
    };
    let member = *crew.id.as_ref();
    crew_member::Entity::insert(crew).exec_without_returning(&tx).await?;
    let mut tags = Vec::new();
    for name in ["드문 태그", "흔한 태그"] {
        let id = TagId::new();
        let row = tag::ActiveModel {
            id: Set(id),
            event_id: Set(made.event),
            name: Set(name.into()),
            created_at: Set(now),
        };
        tag::Entity::insert(row).exec_without_returning(&tx).await?;
        tags.push(id);
    }
    tx.commit().await?;
    let mut place = 0;
    for start in (0..count).step_by(PART) {
        let (mut rows, mut beside) = (Vec::new(), Beside::default());
        for n in start..Ord::min(start + PART, count) {
            let row = question(now, made, invitations[n / 2], n)?;
            beside.add(now, made, &row, n, (member, &tags), &mut place);
            rows.push(row);
        }
        let tx = db.begin_write().await?;
        question::Entity::insert_many(rows).exec_without_returning(&tx).await?;
        beside.write(&tx).await?;
        tx.commit().await?;
    }
    let tx = db.begin_write().await?;
    let row = question_count::ActiveModel {
        event_id: Set(made.event),
        taken: Set(i32::try_from(count)?),
        changes: Set(0),
    };
    question_count::Entity::insert(row).exec_without_returning(&tx).await?;
    Ok(tx.commit().await?)
}

fn question(now: DateTime<Utc>, made: &Crowd, invitation: InvitationId, n: usize) -> Result<question::ActiveModel> {
    let english = n % 33 == 7;
    // The last service is a rare one.
    let service = if n % 2_000 == 9 { 7 } else { n % 7 };
    let pending = match n % 20 {
        1 if n < 200 => Some(DecisionKind::Live),
        2 => Some(DecisionKind::Route),
        3 if n % 1_000 == 3 => Some(DecisionKind::Decline),
        _ => None,
    };
    let state = if n % 20 >= 15 {
        QuestionState::Routed
    } else {
        QuestionState::Received
    };
    let row = rows::question(made.event, invitation, made.services[service], text(n), now);
    Ok(question::ActiveModel {
        number: Set(Some(i32::try_from(n + 1)?)),
        ordinal: Set(Some(i32::try_from(n % 2 + 1)?)),
        lang: Set(if english { Lang::En } else { Lang::Ko }),
        prefers: Set(Prefers::ALL[n % 3]),
        state: Set(state),
        pending: Set(pending.filter(|_| state == QuestionState::Received)),
        change_seq: Set(None),
        ..row
    })
}

impl Beside {
    fn add(
        &mut self,
        now: DateTime<Utc>,
        made: &Crowd,
        row: &question::ActiveModel,
        n: usize,
        (member, tags): (CrewMemberId, &[TagId]),
        place: &mut i32,
    ) {
        let id = *row.id.as_ref();
        if let Some(kind) = *row.pending.as_ref() {
            if kind == DecisionKind::Live {
                *place += 1;
            }
            self.decisions.push(decision::ActiveModel {
                id: Set(DecisionId::new()),
                event_id: Set(made.event),
                question_id: Set(id),
                kind: Set(kind),
                state: Set(DecisionState::Pending),
                place: Set((kind == DecisionKind::Live).then_some(*place)),
                rank: Set(None),
                speaker_id: Set(None),
                service_id: Set((kind == DecisionKind::Route).then_some(*row.service_id.as_ref())),
                merged_into: Set(None),
                reason: Set((kind == DecisionKind::Decline).then(|| "행사의 주제와 다릅니다.".to_owned())),
                replaces: Set(None),
                after_freeze: Set(false),
                decided_by: Set(Some(made.moderator)),
                decided_at: Set(now),
                released_at: Set(None),
            });
        }
        if *row.state.as_ref() == QuestionState::Routed {
            self.assignments.push(assignment::ActiveModel {
                id: Set(AssignmentId::new()),
                event_id: Set(made.event),
                question_id: Set(Some(id)),
                reverse_id: Set(None),
                service_id: Set(Some(*row.service_id.as_ref())),
                crew_member_id: Set(Some(member)),
                invitation_id: Set(None),
                state: Set(AssignmentState::Sent),
                due_at: Set(now + TimeDelta::days(if n % 100 == 15 { -1 } else { 7 })),
                created_at: Set(now),
                answered_at: Set(None),
                chase_at: Set(None),
                returned_at: Set(None),
            });
        }
        let scored = n.is_multiple_of(5);
        let figure = |step: i32, of: usize| i32::try_from(n / 5 % of).unwrap_or_default() * step;
        self.scores.push(question_score::ActiveModel {
            question_id: Set(id),
            event_id: Set(made.event),
            readers: Set(if scored { figure(1, 4) + 1 } else { 0 }),
            scored: Set(i32::from(scored)),
            mean_milli: Set(scored.then(|| 1_000 + figure(50, 80))),
            median_milli: Set(scored.then(|| 1_000 + figure(50, 80))),
            spread_milli: Set(scored.then(|| figure(20, 90))),
        });
        if n.is_multiple_of(50) {
            self.reviews.push(review::ActiveModel {
                id: Set(ReviewId::new()),
                event_id: Set(made.event),
                question_id: Set(id),
                staff_id: Set(made.moderator),
                abstained: Set(false),
                comment: Set(None),
                read_at: Set(now),
                scored_at: Set(None),
                score_milli: Set(None),
                version: Set(1),
            });
        }
        for (tag, _) in tags.iter().zip([5_000, 20]).filter(|(_, each)| n % each == 4) {
            self.tags.push(question_tag::ActiveModel {
                tag_id: Set(*tag),
                question_id: Set(id),
                staff_id: Set(None),
                created_at: Set(now),
            });
        }
        if n % 40 < 2 {
            self.groups.push(similar_group::ActiveModel {
                question_id: Set(id),
                event_id: Set(made.event),
                group_no: Set(i32::try_from(n / 40 + 1).unwrap_or_default()),
                score_milli: Set(700),
            });
        }
    }

    async fn write(self, tx: &WriteTx) -> Result<()> {
        async fn all<A>(tx: &WriteTx, rows: Vec<A>) -> Result<()>
        where
            A: ActiveModelTrait,
        {
            if !rows.is_empty() {
                A::Entity::insert_many(rows).exec_without_returning(tx).await?;
            }
            Ok(())
        }
        all(tx, self.decisions).await?;
        all(tx, self.assignments).await?;
        all(tx, self.scores).await?;
        all(tx, self.reviews).await?;
        all(tx, self.tags).await?;
        all(tx, self.groups).await
    }
}
