//! Only what may be named is named: by the print consent and the wish of each partner.

use super::Standing;
use db::people::Invitee;
use domain::{Lang, person::Person, state::question::Naming, text::char_count};

/// How a partner may stand in print. Without consent they are nameless; with consent and no word on how, their company
/// alone stands.
pub(crate) fn allowed(consents: bool, wish: Option<Naming>) -> Naming {
    match (consents, wish) {
        (false, _) => Naming::Nameless,
        (true, wish) => wish.unwrap_or(Naming::Company),
    }
}

/// The partner as they will stand. A display line set by hand holds the whole name, so it needs full consent.
pub(crate) fn standing(invitee: &Invitee, naming: Naming, lang: Lang) -> Standing {
    let person = invitee.person.clone().named(naming, lang);
    let line = match (&invitee.display_line, naming) {
        (Some(line), Naming::Full) => line.clone(),
        _ => person.line(),
    };
    Standing {
        person,
        invitation: Some(invitee.invitation),
        speaker: None,
        crew_member: None,
        line,
    }
}

/// What must not stand in any text of this partner's exchange. `real`: the name by which they go in life.
///
/// Shorter words than three characters are left alone: they stand within too many others.
pub(crate) fn unsayable(invitee: &Invitee, real: Option<&str>, naming: Naming) -> Vec<String> {
    let Person::Partner {
        name, company, group, ..
    } = &invitee.person
    else {
        return Vec::new();
    };
    let pen = name.as_deref();
    let hidden: Vec<Option<&str>> = match naming {
        Naming::Full => vec![real.filter(|r| Some(*r) != pen)],
        // Where nothing takes the name's place the partner is nameless, and the name is hidden all the same.
        Naming::Company => vec![real, pen],
        Naming::Nameless => vec![real, pen, company.as_deref(), group.as_deref()],
    };
    let mut hidden: Vec<String> = hidden
        .into_iter()
        .flatten()
        .filter(|h| char_count(h) >= 3)
        .map(str::to_owned)
        .collect();
    // The longest first, or a part of it would be replaced and the rest stay.
    hidden.sort_by_key(|h| std::cmp::Reverse(h.len()));
    hidden.dedup();
    hidden
}

/// What must not stand in a text of the host's person who has not approved it.
pub(crate) fn unsayable_host(person: &Person) -> Vec<String> {
    let Person::Host { nickname, name, .. } = person else {
        return Vec::new();
    };
    let names = [nickname.as_deref(), Some(name.as_str())].into_iter().flatten();
    names.filter(|n| char_count(n) >= 3).map(str::to_owned).collect()
}

/// The text with circles in the place of what must not stand there.
pub(crate) fn masked(text: &str, hidden: &[String]) -> String {
    hidden
        .iter()
        .fold(text.to_owned(), |text, name| text.replace(name.as_str(), "○○○"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{InvitationId, PartnerId};

    fn invitee() -> Invitee {
        Invitee {
            invitation: InvitationId::new(),
            partner: PartnerId::new(),
            person: Person::Partner {
                name: Some("유자나무".into()),
                title: Some("작가".into()),
                company: Some("새벽글방".into()),
                group: None,
                services: vec!["꾀꼬리".into()],
            },
            display_line: Some("유자나무 (『겨울 정원』)".into()),
            email: None,
            lang: Lang::Ko,
            company_id: None,
            company: Some("새벽글방".into()),
            field: None,
            link_version: 1,
        }
    }

    #[test]
    fn without_consent_nobody_is_named_whatever_they_wished() {
        assert_eq!(allowed(false, Some(Naming::Full)), Naming::Nameless);
        assert_eq!(allowed(true, Some(Naming::Full)), Naming::Full);
        assert_eq!(allowed(true, None), Naming::Company);
    }

    #[test]
    fn a_line_set_by_hand_stands_only_with_full_consent() {
        assert_eq!(
            standing(&invitee(), Naming::Full, Lang::Ko).line,
            "유자나무 (『겨울 정원』)"
        );
        assert_eq!(standing(&invitee(), Naming::Company, Lang::Ko).line, "새벽글방");
        assert_eq!(standing(&invitee(), Naming::Nameless, Lang::En).line, "A partner");
    }

    #[test]
    fn a_name_does_not_slip_through_by_the_text() {
        let text = "새벽글방 유자나무입니다. 본명은 한소라예요.";
        let hide = |naming| masked(text, &unsayable(&invitee(), Some("한소라"), naming));
        assert_eq!(hide(Naming::Full), "새벽글방 유자나무입니다. 본명은 ○○○예요.");
        assert_eq!(hide(Naming::Company), "새벽글방 ○○○입니다. 본명은 ○○○예요.");
        assert_eq!(hide(Naming::Nameless), "○○○ ○○○입니다. 본명은 ○○○예요.");
    }
}
