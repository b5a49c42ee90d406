//! What becomes of a mail that came in: a decision from facts alone, so that every case of it can be tested.

use domain::{EmailAddress, state::assignment::AssignmentState};
use mail::read::Class;

/// What binds the mail to an assignment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Binding {
    /// The token in the reply address.
    Token,
    /// A token of ours whose last day is over.
    Expired,
    /// It answers a mail of ours by its Message-ID.
    Thread,
    /// A reply address with a token that is not ours.
    Forged,
    #[default]
    None,
}

/// The assignment that the mail is bound to, as far as it matters here.
#[derive(Clone, Debug)]
pub struct Asked {
    pub state: AssignmentState,
    /// Whom it asks; `None` for a partner without an address.
    pub email: Option<EmailAddress>,
    /// The crew member was removed.
    pub removed: bool,
}

/// What is known about a mail.
#[derive(Clone, Debug)]
pub struct Facts {
    pub class: Class,
    pub binding: Binding,
    pub asked: Option<Asked>,
    pub sender: Option<EmailAddress>,
    /// A mail with the same Message-ID and sender has become an answer.
    pub seen: bool,
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Answer,
    /// It wants nothing: its class is noted.
    Noted,
    /// The same mail became an answer before.
    Duplicate,
    Quarantine(Reason),
}

/// Why a mail waits for staff; its text form is stored and is a key of the texts (`quarantine-…`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    NoToken,
    ForgedToken,
    ExpiredToken,
    UnknownAssignment,
    RemovedCrew,
    OtherSender,
    Doubtful,
    ClosedAssignment,
}

impl Reason {
    pub const ALL: [Self; 8] = [
        Self::NoToken,
        Self::ForgedToken,
        Self::ExpiredToken,
        Self::UnknownAssignment,
        Self::RemovedCrew,
        Self::OtherSender,
        Self::Doubtful,
        Self::ClosedAssignment,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoToken => "no-token",
            Self::ForgedToken => "forged-token",
            Self::ExpiredToken => "expired-token",
            Self::UnknownAssignment => "unknown-assignment",
            Self::RemovedCrew => "removed-crew",
            Self::OtherSender => "other-sender",
            Self::Doubtful => "doubtful",
            Self::ClosedAssignment => "closed-assignment",
        }
    }
}

/// Decides. Automatic mail never becomes an answer and is never replied to; the subject never authorises; a token
/// counts together with the sender's address alone.
pub fn judge(facts: &Facts) -> Verdict {
    use Verdict::Quarantine;
    if matches!(facts.class, Class::AutoReply | Class::Bounce) {
        return Verdict::Noted;
    }
    match facts.binding {
        Binding::None => return Quarantine(Reason::NoToken),
        Binding::Forged => return Quarantine(Reason::ForgedToken),
        Binding::Expired => return Quarantine(Reason::ExpiredToken),
        Binding::Token | Binding::Thread => {}
    }
    let Some(asked) = &facts.asked else {
        let by_token = facts.binding == Binding::Token;
        return Quarantine(if by_token {
            Reason::UnknownAssignment
        } else {
            Reason::NoToken
        });
    };
    if asked.removed {
        return Quarantine(Reason::RemovedCrew);
    }
    if facts.sender.is_none() || facts.sender != asked.email {
        return Quarantine(Reason::OtherSender);
    }
    if facts.class != Class::Answer {
        return Quarantine(Reason::Doubtful);
    }
    if AssignmentState::LEFT.contains(&asked.state) {
        return Quarantine(Reason::ClosedAssignment);
    }
    if facts.seen {
        Verdict::Duplicate
    } else {
        Verdict::Answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).expect("an address")
    }

    fn facts() -> Facts {
        Facts {
            class: Class::Answer,
            binding: Binding::Token,
            asked: Some(Asked {
                state: AssignmentState::Sent,
                email: Some(address("jay@host.example")),
                removed: false,
            }),
            sender: Some(address("Jay@Host.example")),
            seen: false,
        }
    }

    #[test]
    fn the_asked_person_with_the_token_answers_also_a_second_time() {
        assert_eq!(judge(&facts()), Verdict::Answer);
        let mut late = facts();
        late.asked.as_mut().expect("asked").state = AssignmentState::Answered;
        assert_eq!(judge(&late), Verdict::Answer, "a further answer is never lost");
        assert_eq!(judge(&Facts { seen: true, ..late }), Verdict::Duplicate);
    }

    #[test]
    fn the_thread_counts_with_the_sender_alone() {
        assert_eq!(
            judge(&Facts {
                binding: Binding::Thread,
                ..facts()
            }),
            Verdict::Answer
        );
        let other = Some(address("mallory@host.example"));
        let forged = Facts {
            binding: Binding::Thread,
            sender: other.clone(),
            ..facts()
        };
        assert_eq!(judge(&forged), Verdict::Quarantine(Reason::OtherSender));
        assert_eq!(
            judge(&Facts {
                sender: other,
                ..facts()
            }),
            Verdict::Quarantine(Reason::OtherSender)
        );
        let unknown = Facts {
            binding: Binding::Thread,
            asked: None,
            ..facts()
        };
        assert_eq!(judge(&unknown), Verdict::Quarantine(Reason::NoToken));
    }

    #[test]
    fn no_forged_and_expired_tokens_are_held() {
        for (binding, reason) in [
            (Binding::None, Reason::NoToken),
            (Binding::Forged, Reason::ForgedToken),
            (Binding::Expired, Reason::ExpiredToken),
        ] {
            assert_eq!(judge(&Facts { binding, ..facts() }), Verdict::Quarantine(reason));
        }
        assert_eq!(
            judge(&Facts { asked: None, ..facts() }),
            Verdict::Quarantine(Reason::UnknownAssignment)
        );
    }

    #[test]
    fn a_removed_crew_member_is_refused_and_a_passed_on_question_is_closed() {
        let mut removed = facts();
        removed.asked.as_mut().expect("asked").removed = true;
        assert_eq!(judge(&removed), Verdict::Quarantine(Reason::RemovedCrew));
        let mut closed = facts();
        closed.asked.as_mut().expect("asked").state = AssignmentState::PassedOn;
        assert_eq!(judge(&closed), Verdict::Quarantine(Reason::ClosedAssignment));
    }

    #[test]
    fn automatic_mail_wants_nothing_and_doubtful_mail_waits_for_a_person() {
        for class in [Class::AutoReply, Class::Bounce] {
            assert_eq!(judge(&Facts { class, ..facts() }), Verdict::Noted);
        }
        for class in [Class::Unknown, Class::Calendar, Class::List] {
            assert_eq!(
                judge(&Facts { class, ..facts() }),
                Verdict::Quarantine(Reason::Doubtful)
            );
        }
    }

    #[test]
    fn a_partner_without_an_address_cannot_be_impersonated_by_a_mail_without_sender() {
        let mut facts = facts();
        facts.asked.as_mut().expect("asked").email = None;
        facts.sender = None;
        assert_eq!(judge(&facts), Verdict::Quarantine(Reason::OtherSender));
    }
}
