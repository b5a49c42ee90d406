//! What stands beside answers and assignments on a page, loaded once for all its rows.

use db::{
    entity::{answer, assignment, question, reverse_question},
    people::{self, Hosts, Invitee},
    prelude::*,
    sight::{self, Veil},
};
use domain::{InvitationId, Lang, QuestionId, ReverseId, ServiceId};
use std::collections::HashMap;

/// A question, of either direction, as it stands above its answers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Subject {
    /// The question's number, or the place of a question asked back; 0 where there is none.
    pub(crate) number: i32,
    pub(crate) reverse: bool,
    pub(crate) body: String,
    /// The language tag of the body.
    pub(crate) lang: String,
    pub(crate) asker: String,
    pub(crate) service: String,
}

impl Subject {
    /// The key of its label, which takes `$number`.
    pub(crate) const fn label_key(&self) -> &'static str {
        match (self.reverse, self.number) {
            (true, 0) => "label-reverse-unplaced",
            (true, _) => "label-reverse",
            (false, _) => "label-question",
        }
    }

    pub(crate) fn excerpt(&self) -> String {
        domain::text::excerpt(&self.body, 80)
    }
}

/// The ids that a page's rows name.
#[derive(Default)]
pub(crate) struct Wanted {
    questions: Vec<QuestionId>,
    reverses: Vec<ReverseId>,
    crew: Vec<domain::CrewMemberId>,
    speakers: Vec<domain::SpeakerId>,
    staff: Vec<domain::StaffId>,
    invitations: Vec<InvitationId>,
}

impl Wanted {
    pub(crate) fn answer(&mut self, row: &answer::Model) {
        self.about(row.question_id, row.reverse_id);
        self.crew.extend(row.crew_member_id);
        self.speakers.extend(row.speaker_id);
        self.staff.extend(row.staff_id);
        self.staff.extend(row.reviewed_by);
        self.invitations.extend(row.invitation_id);
    }

    pub(crate) fn assignment(&mut self, row: &assignment::Model) {
        self.about(row.question_id, row.reverse_id);
        self.crew.extend(row.crew_member_id);
        self.invitations.extend(row.invitation_id);
    }

    pub(crate) fn about(&mut self, question: Option<QuestionId>, reverse: Option<ReverseId>) {
        self.questions.extend(question);
        self.reverses.extend(reverse);
    }
}

/// The rows behind the ids.
pub(crate) struct Lookup {
    questions: HashMap<QuestionId, question::Model>,
    /// Of questions that a correction took back to a triage that reads blind.
    veils: HashMap<QuestionId, Veil>,
    reverses: HashMap<ReverseId, reverse_question::Model>,
    pub(crate) services: HashMap<ServiceId, String>,
    hosts: Hosts,
    invitees: HashMap<InvitationId, Invitee>,
}

impl Lookup {
    pub(crate) async fn load(conn: &impl ConnectionTrait, lang: Lang, mut wanted: Wanted) -> Result<Self, Error> {
        let questions = question::Entity::find()
            .filter(question::Column::Id.is_in(wanted.questions))
            .all(conn)
            .await?;
        let veils = sight::veils(conn, questions.iter().map(|q| q.id)).await?;
        let reverses = reverse_question::Entity::find()
            .filter(reverse_question::Column::Id.is_in(wanted.reverses))
            .all(conn)
            .await?;
        wanted.invitations.extend(questions.iter().map(|q| q.invitation_id));
        for reverse in &reverses {
            wanted.crew.extend(reverse.crew_member_id);
            wanted.speakers.extend(reverse.speaker_id);
            wanted.staff.extend(reverse.staff_id);
        }
        Ok(Self {
            services: people::service_names(conn, lang).await?,
            hosts: people::hosts(conn, wanted.crew, wanted.speakers, wanted.staff).await?,
            invitees: people::invitees(conn, wanted.invitations, lang).await?,
            veils,
            questions: questions.into_iter().map(|q| (q.id, q)).collect(),
            reverses: reverses.into_iter().map(|r| (r.id, r)).collect(),
        })
    }

    pub(crate) fn service(&self, id: Option<ServiceId>) -> String {
        id.and_then(|id| self.services.get(&id).cloned()).unwrap_or_default()
    }

    pub(crate) fn subject(&self, question: Option<QuestionId>, reverse: Option<ReverseId>) -> Subject {
        if let Some(question) = question.and_then(|id| self.questions.get(&id)) {
            let veil = self.veils.get(&question.id);
            return Subject {
                number: question.number.unwrap_or_default(),
                reverse: false,
                body: veil.map_or_else(|| question.body.clone(), |veil| veil.cover(&question.body)),
                lang: question.lang.to_string(),
                asker: match veil {
                    Some(_) => String::new(),
                    None => self.partner(Some(question.invitation_id)),
                },
                service: self.service(Some(question.service_id)),
            };
        }
        let Some(reverse) = reverse.and_then(|id| self.reverses.get(&id)) else {
            return Subject::default();
        };
        Subject {
            number: reverse.place.unwrap_or_default(),
            reverse: true,
            body: reverse.body.clone(),
            lang: reverse.lang.to_string(),
            asker: self.reverse_asker(reverse),
            service: self.service(reverse.service_id),
        }
    }

    /// Who asks back: the crew member or the speaker under whose name it stands, else the staff member who wrote it.
    pub(crate) fn reverse_asker(&self, row: &reverse_question::Model) -> String {
        let crew = row.crew_member_id.and_then(|id| self.hosts.crew.get(&id));
        let speaker = row.speaker_id.and_then(|id| self.hosts.speakers.get(&id));
        let staff = row.staff_id.and_then(|id| self.hosts.staff.get(&id));
        crew.or(speaker)
            .or(staff)
            .map(domain::person::Person::line)
            .unwrap_or_default()
    }

    pub(crate) fn partner(&self, id: Option<InvitationId>) -> String {
        id.and_then(|id| self.invitees.get(&id))
            .map(Invitee::line)
            .unwrap_or_default()
    }

    /// Under whose name an answer stands.
    pub(crate) fn answerer(&self, row: &answer::Model) -> String {
        let crew = row.crew_member_id.and_then(|id| self.hosts.crew.get(&id));
        let speaker = row.speaker_id.and_then(|id| self.hosts.speakers.get(&id));
        match crew.or(speaker) {
            Some(person) => person.line(),
            None if row.invitation_id.is_some() => self.partner(row.invitation_id),
            None => self.staff(row.staff_id),
        }
    }

    pub(crate) fn staff(&self, id: Option<domain::StaffId>) -> String {
        let found = id.and_then(|id| self.hosts.staff.get(&id));
        found.map(domain::person::Person::line).unwrap_or_default()
    }

    /// Whom an assignment asks.
    pub(crate) fn asked(&self, row: &assignment::Model) -> String {
        match row.crew_member_id.and_then(|id| self.hosts.crew.get(&id)) {
            Some(person) => person.line(),
            None => self.partner(row.invitation_id),
        }
    }
}

/// One question with its asker, for a mail or a page about it alone.
pub(crate) async fn subject(
    conn: &impl ConnectionTrait,
    question: Option<QuestionId>,
    reverse: Option<ReverseId>,
    lang: Lang,
) -> Result<Subject, Error> {
    let mut wanted = Wanted::default();
    wanted.about(question, reverse);
    Ok(Lookup::load(conn, lang, wanted).await?.subject(question, reverse))
}
