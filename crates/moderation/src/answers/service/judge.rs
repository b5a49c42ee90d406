//! What becomes of a mail that came in: a decision from facts alone, so that every case of it can be tested.

use domain::{CrewMemberId, state::assignment::AssignmentState};
use mail::{identity::Proof, read::Class};

/// What binds the mail to an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// The token in the reply address.
    Token,
    /// A token of ours whose last day is over.
    Expired,
    /// It answers a mail of ours by its Message-ID.
    Thread,
    /// A reply address with a token that is not ours.
    Forged,
    None,
}

/// Whose address the mail comes from, seen from the assignment that it is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Who is asked, from the address that was written to or from another one that staff confirmed.
    Asked,
    /// An active member of the crew that is asked.
    Colleague(CrewMemberId),
    /// Somebody who was taken out of that crew.
    Removed,
    Other,
}

/// What is known about a mail.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    pub class: Class,
    pub binding: Binding,
    /// The state of the assignment that it is bound to; `None` when there is none, or nobody is asked any more.
    pub state: Option<AssignmentState>,
    pub sender: Sender,
    /// How far the domain of its sender stands behind it.
    pub proof: Proof,
    /// A mail with the same Message-ID and sender has become an answer.
    pub seen: bool,
}

/// What is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// An answer of who is asked or, where one is named, of a colleague to whom they forwarded the question.
    Answer(Option<CrewMemberId>),
    /// It is no answer: its class is noted.
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
    /// A colleague's address, but nothing proves that it is them.
    UnprovenColleague,
    /// The address of who is asked, whose domain says that the mail is not its own.
    Denied,
    Doubtful,
    ClosedAssignment,
}

impl Reason {
    pub const ALL: [Self; 10] = [
        Self::NoToken,
        Self::ForgedToken,
        Self::ExpiredToken,
        Self::UnknownAssignment,
        Self::RemovedCrew,
        Self::OtherSender,
        Self::UnprovenColleague,
        Self::Denied,
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
            Self::UnprovenColleague => "unproven-colleague",
            Self::Denied => "denied",
            Self::Doubtful => "doubtful",
            Self::ClosedAssignment => "closed-assignment",
        }
    }
}

/// Decides. Automatic mail never becomes an answer and is never replied to; the subject never authorises; a token
/// counts together with the sender's address alone.
pub fn judge(facts: &Facts) -> Verdict {
    use Verdict::Quarantine;
    if !matches!(facts.class, Class::Answer | Class::Unknown) {
        return Verdict::Noted;
    }
    match facts.binding {
        Binding::None => return Quarantine(Reason::NoToken),
        Binding::Forged => return Quarantine(Reason::ForgedToken),
        Binding::Expired => return Quarantine(Reason::ExpiredToken),
        Binding::Token | Binding::Thread => {}
    }
    let Some(state) = facts.state else {
        let by_token = facts.binding == Binding::Token;
        return Quarantine(if by_token {
            Reason::UnknownAssignment
        } else {
            Reason::NoToken
        });
    };
    let answerer = match (facts.sender, facts.proof) {
        (Sender::Removed, _) => return Quarantine(Reason::RemovedCrew),
        (Sender::Other, _) => return Quarantine(Reason::OtherSender),
        // Who knows a Message-ID of ours knows less than who has the token.
        (Sender::Asked, Proof::Broken) if facts.binding == Binding::Thread => return Quarantine(Reason::Denied),
        (Sender::Asked, Proof::Denied) => return Quarantine(Reason::Denied),
        (Sender::Asked, _) => None,
        (Sender::Colleague(id), Proof::Aligned) => Some(id),
        (Sender::Colleague(_), _) => return Quarantine(Reason::UnprovenColleague),
    };
    if facts.class != Class::Answer {
        return Quarantine(Reason::Doubtful);
    }
    if AssignmentState::LEFT.contains(&state) {
        return Quarantine(Reason::ClosedAssignment);
    }
    if facts.seen {
        Verdict::Duplicate
    } else {
        Verdict::Answer(answerer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            class: Class::Answer,
            binding: Binding::Token,
            state: Some(AssignmentState::Sent),
            sender: Sender::Asked,
            proof: Proof::Absent,
            seen: false,
        }
    }

    #[test]
    fn the_asked_person_with_the_token_answers_also_a_second_time() {
        assert_eq!(judge(&facts()), Verdict::Answer(None));
        let late = Facts {
            state: Some(AssignmentState::Answered),
            ..facts()
        };
        assert_eq!(judge(&late), Verdict::Answer(None), "a further answer is never lost");
        assert_eq!(judge(&Facts { seen: true, ..late }), Verdict::Duplicate);
    }

    #[test]
    fn the_thread_counts_with_the_sender_alone() {
        let thread = Facts {
            binding: Binding::Thread,
            ..facts()
        };
        assert_eq!(judge(&thread), Verdict::Answer(None));
        for binding in [Binding::Thread, Binding::Token] {
            let other = Facts {
                binding,
                sender: Sender::Other,
                proof: Proof::Aligned,
                ..facts()
            };
            assert_eq!(judge(&other), Verdict::Quarantine(Reason::OtherSender));
        }
        let unknown = Facts { state: None, ..thread };
        assert_eq!(judge(&unknown), Verdict::Quarantine(Reason::NoToken));
    }

    #[test]
    fn what_a_domain_disowns_is_held_and_a_weaker_binding_needs_more() {
        let of = |binding, proof| {
            judge(&Facts {
                binding,
                proof,
                ..facts()
            })
        };
        for proof in [Proof::Aligned, Proof::Absent, Proof::Unknown, Proof::Unchecked] {
            assert_eq!(of(Binding::Token, proof), Verdict::Answer(None), "{proof:?}");
            assert_eq!(of(Binding::Thread, proof), Verdict::Answer(None), "{proof:?}");
        }
        assert_eq!(of(Binding::Token, Proof::Denied), Verdict::Quarantine(Reason::Denied));
        assert_eq!(of(Binding::Token, Proof::Broken), Verdict::Answer(None));
        assert_eq!(of(Binding::Thread, Proof::Broken), Verdict::Quarantine(Reason::Denied));
    }

    #[test]
    fn a_colleague_answers_only_when_their_domain_stands_behind_it() {
        let id = CrewMemberId::new();
        let of = |proof| {
            judge(&Facts {
                sender: Sender::Colleague(id),
                proof,
                ..facts()
            })
        };
        assert_eq!(of(Proof::Aligned), Verdict::Answer(Some(id)));
        for proof in [
            Proof::Denied,
            Proof::Broken,
            Proof::Absent,
            Proof::Unknown,
            Proof::Unchecked,
        ] {
            assert_eq!(of(proof), Verdict::Quarantine(Reason::UnprovenColleague), "{proof:?}");
        }
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
            judge(&Facts { state: None, ..facts() }),
            Verdict::Quarantine(Reason::UnknownAssignment)
        );
    }

    #[test]
    fn a_removed_crew_member_is_refused_and_a_passed_on_question_is_closed() {
        let removed = Facts {
            sender: Sender::Removed,
            proof: Proof::Aligned,
            ..facts()
        };
        assert_eq!(judge(&removed), Verdict::Quarantine(Reason::RemovedCrew));
        let closed = Facts {
            state: Some(AssignmentState::PassedOn),
            ..facts()
        };
        assert_eq!(judge(&closed), Verdict::Quarantine(Reason::ClosedAssignment));
    }

    #[test]
    fn what_is_known_to_be_no_answer_is_noted_and_what_is_doubtful_waits_for_a_person() {
        for class in [Class::AutoReply, Class::Bounce, Class::Calendar, Class::List] {
            for sender in [Sender::Asked, Sender::Other, Sender::Removed] {
                assert_eq!(
                    judge(&Facts {
                        class,
                        sender,
                        ..facts()
                    }),
                    Verdict::Noted,
                    "{class:?}"
                );
            }
        }
        let doubtful = Facts {
            class: Class::Unknown,
            ..facts()
        };
        assert_eq!(judge(&doubtful), Verdict::Quarantine(Reason::Doubtful));
    }
}
