//! The same steps by a word in the first line of a reply: `#넘김 정산`, `#pass billing`, `#질문 …`, `#ask …`, `#연기 12월 5일`,
//! `#later 2026-12-05`. What was done, or why not, is confirmed by mail.

use super::{Passed, Way, ask, later, pass};
use crate::{
    Error,
    answers::repo,
    service::assign::{event_of, event_title, link_until, ways},
};
use chrono::{Datelike, Days, NaiveDate};
use db::{entity::assignment, people, prelude::*};
use domain::{
    IncomingId, ServiceId,
    state::{assignment::AssignmentState, mail::MailKind},
};
use mail::{Initial, Letter, Link, NewMail, Refs, ReplyTo};
use web::{App, Words, lang::Zone};

/// What a first line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Command {
    Pass { service: String, note: String },
    Ask { text: String },
    Later { day: String },
}

/// A command is a first line that begins with `#` and one of the words; anything else is an answer.
pub(crate) fn parse(text: &str) -> Option<Command> {
    let text = text.trim_start();
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.trim().strip_prefix(['#', '＃'])?.trim_start();
    let (word, said) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let word = word.trim_end_matches(':').to_lowercase();
    let (said, rest) = (said.trim().to_owned(), rest.trim().to_owned());
    Some(match word.as_str() {
        "넘김" | "넘기기" | "이관" | "pass" => Command::Pass {
            service: said,
            note: rest,
        },
        "질문" | "문의" | "ask" => Command::Ask {
            text: [said, rest]
                .into_iter()
                .filter(|t| !t.is_empty())
                .collect::<Vec<_>>()
                .join("\n"),
        },
        "연기" | "기한" | "later" | "until" => Command::Later { day: said },
        _ => return None,
    })
}

/// A day as people write it: `2026-12-05`, `2026. 12. 5.`, `12월 5일`, `12/5`, `3일` and `3 days` (from today). A day without a
/// year is the next one of its name.
pub(crate) fn day(said: &str, today: NaiveDate) -> Option<NaiveDate> {
    let numbers: Vec<u32> = said
        .split(|c: char| !c.is_ascii_digit())
        .filter(|n| !n.is_empty() && n.len() <= 4)
        .map(|n| n.parse().ok())
        .collect::<Option<_>>()?;
    match numbers[..] {
        [year, month, day] => NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day),
        [month, day] => {
            let this = NaiveDate::from_ymd_opt(today.year(), month, day);
            this.filter(|d| *d >= today)
                .or_else(|| NaiveDate::from_ymd_opt(today.year() + 1, month, day))
        }
        [days] if said.contains('일') || said.to_lowercase().contains("day") => {
            today.checked_add_days(Days::new(u64::from(days)))
        }
        _ => None,
    }
}

/// What a mail's command came to.
pub(crate) struct Done {
    /// Stands at the mail as its reason.
    pub(crate) word: &'static str,
}

/// Does what the mail's first line says, and confirms it, or says why not; the mail is no answer either way.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn run(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    incoming: IncomingId,
    message_id: Option<String>,
    command: Command,
) -> Result<Done, Error> {
    let Some(to) = repo::addressee(tx, assignment).await? else {
        return Err(Error::NotFound);
    };
    let event = event_of(tx, assignment.event_id).await?;
    let w = Words::new(to.lang, &crate::TEXTS);
    let way = Way::mail(incoming);
    let (word, said) = match command {
        Command::Pass { service, note } => (
            "command-pass",
            passed(tx, app, assignment, &service, &note, way, &w).await,
        ),
        Command::Ask { text } => ("command-ask", asked(tx, app, assignment, &text, way, &w).await),
        Command::Later { day: said } => {
            let today = app.clock.now().with_timezone(&event.time_zone.tz()).date_naive();
            let until = match day(&said, today) {
                Some(day) => later(tx, app, assignment, day).await,
                None => Err(Error::Refused("command-day")),
            };
            let said = until.map(|at| w.t1("command-done-later", "due", w.datetime(at, &event.time_zone)));
            ("command-later", said)
        }
    };
    let (done, sentence) = match said {
        Ok(sentence) => (true, sentence),
        Err(error) if error.is_refusal() => (false, refusal(&error, &w)),
        Err(error) => return Err(error),
    };
    let Some(email) = to.email else {
        return Ok(Done { word });
    };
    let subject = repo::subject(tx, assignment.question_id, assignment.reverse_id, to.lang).await?;
    let title = event_title(&event, to.lang);
    let key = if done {
        "command-subject-done"
    } else {
        "command-subject-not"
    };
    let mut letter = Letter::new(w.t2(key, "event", &title, "number", subject.number))
        .after(message_id)
        .text(sentence);
    if !done {
        let link = Link::Answer {
            assignment: assignment.id,
            until: link_until(app),
        };
        letter = letter.text(w.t("command-not-lead"));
        letter.blocks.extend(ways(&w, &link));
    }
    let letter = letter
        .text(w.t("talk-mail-question"))
        .quote(subject.body, Some(subject.asker));
    let mail = NewMail {
        kind: MailKind::Assignment,
        to_name: to.name,
        to_email: email,
        lang: to.lang,
        letter,
        state: Initial::Queued,
        dedup: format!("command:{incoming}"),
        // Who handed it on is asked nothing any more.
        reply: (!left(tx, assignment).await?).then_some(ReplyTo::Assignment(assignment.id)),
        refs: Refs {
            event: Some(event.id),
            question: assignment.question_id,
            assignment: Some(assignment.id),
            ..Refs::default()
        },
    };
    mail::outbox::put(tx, &app.clock, &app.settings, mail).await?;
    Ok(Done { word })
}

async fn left(tx: &WriteTx, row: &assignment::Model) -> Result<bool, Error> {
    let left = assignment::Entity::find_by_id(row.id)
        .filter(assignment::Column::State.is_in(AssignmentState::LEFT.iter().copied()))
        .count(tx)
        .await?;
    Ok(left > 0)
}

/// What a mail says about a refusal; a page says it in its own tone.
fn refusal(error: &Error, w: &Words) -> String {
    let key = match error {
        Error::NoCrew(_) => "command-no-crew",
        Error::Refused("refused-closed") => "command-closed",
        Error::Refused("talk-refused-answered") => "command-answered",
        Error::Refused("talk-refused-asks") => "command-asks",
        Error::Refused("talk-refused-day") => "command-day-range",
        error => return error.sentence(w),
    };
    w.t(key)
}

async fn passed(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    service: &str,
    note: &str,
    way: Way,
    w: &Words,
) -> Result<String, Error> {
    let Some(id) = named(tx, service).await? else {
        return Err(Error::Refused("command-service"));
    };
    let names = people::service_names(tx, w.lang).await?;
    let name = |id: ServiceId| names.get(&id).cloned().unwrap_or_default();
    Ok(match pass(tx, app, assignment, id, note, way).await? {
        Passed::To(crew) => w.t1("command-done-pass", "service", name(crew)),
        Passed::Stuck(_) => w.t("command-done-stuck"),
    })
}

async fn asked(
    tx: &WriteTx,
    app: &App,
    assignment: &assignment::Model,
    text: &str,
    way: Way,
    w: &Words,
) -> Result<String, Error> {
    if text.is_empty() {
        return Err(Error::Refused("command-ask-empty"));
    }
    ask(tx, app, assignment, text, way).await?;
    Ok(w.t("command-done-ask"))
}

/// The one service that is called so, in either language, spaces and case aside; or the only one whose name begins so.
async fn named(tx: &WriteTx, said: &str) -> Result<Option<ServiceId>, Error> {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let said = plain(said);
    if said.is_empty() {
        return Ok(None);
    }
    let rows = db::entity::service::Entity::find().all(tx).await?;
    let names = |s: &db::entity::service::Model| [plain(&s.name), plain(&s.name_en)];
    let exact: Vec<_> = rows.iter().filter(|s| names(s).contains(&said)).collect();
    let begins: Vec<_> = rows
        .iter()
        .filter(|s| names(s).iter().any(|n| n.starts_with(&said)))
        .collect();
    Ok(match (&exact[..], &begins[..]) {
        ([one], _) | ([], [one]) => Some(one.id),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_line_with_a_word_of_ours_is_a_command_and_nothing_else_is() {
        let pass = |service: &str, note: &str| {
            Some(Command::Pass {
                service: service.into(),
                note: note.into(),
            })
        };
        assert_eq!(
            parse("#넘김 정산\n저희 쪽이 아니에요."),
            pass("정산", "저희 쪽이 아니에요.")
        );
        assert_eq!(parse("\n ＃Pass: Billing"), pass("Billing", ""));
        assert_eq!(
            parse("#질문 어느 지점인가요?\n주소도 알려 주세요."),
            Some(Command::Ask {
                text: "어느 지점인가요?\n주소도 알려 주세요.".into()
            })
        );
        assert_eq!(parse("#later 12/5"), Some(Command::Later { day: "12/5".into() }));
        for answer in [
            "안녕하세요\n#넘김 정산",
            "#1 항목은 봄에 나옵니다.",
            "넘김 정산",
            "# 제목",
            "#",
        ] {
            assert_eq!(parse(answer), None, "{answer}");
        }
    }

    #[test]
    fn a_day_is_read_as_people_write_it() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 26).expect("a day");
        let on = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        for (said, day_of) in [
            ("2026-12-05", on(2026, 12, 5)),
            ("2026. 12. 5.", on(2026, 12, 5)),
            ("12월 5일까지", on(2026, 12, 5)),
            ("12/5", on(2026, 12, 5)),
            ("1월 3일", on(2027, 1, 3)),
            ("3일", on(2026, 11, 29)),
            ("2 days", on(2026, 11, 28)),
            ("다음 주", None),
            ("13/45", None),
            ("", None),
        ] {
            assert_eq!(day(said, today), day_of, "{said}");
        }
    }
}
