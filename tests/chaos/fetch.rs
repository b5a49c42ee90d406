//! Crews' replies in a mailbox on a real Dovecot, while the process that fetches them is killed.

use super::{
    dice,
    process::{self, Ports, Process},
    replies::{EACH, all_read, every_reply_is_one_answer, letters},
};
use crate::flow::scene::{self, Size};
use db::{entity, prelude::*};
use rand::RngExt;
use sea_orm::PaginatorTrait;
use std::time::{Duration, Instant};
use testkit::{Dovecot, Manner, eventually, long};

const USER: &str = "crew";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_lose_no_reply_that_lies_in_a_mailbox() {
    let (replies, kills) = if long() { (400, 12) } else { (60, 3) };
    let mut dice = dice();
    let dovecot = Dovecot::start(&Manner::default());
    let ports = Ports::free();
    let world = process::world(ports).await;
    let size = Size {
        partners: replies / EACH,
        ..Size::default()
    };
    let scene = scene::set(&world, size).await;
    let letters = letters(&world, &scene).await;
    for letter in &letters {
        let bytes = letter.bytes();
        let mail = bytes.strip_suffix(b"\r\n.\r\n").expect("the end of data");
        dovecot.deliver(USER, &letter.from, mail);
    }
    let configuration = world.fresh.dir.path().join("mundap.toml");
    std::fs::write(
        &configuration,
        format!(
            "[[mail.imap]]\nname = \"crew\"\nhost = \"localhost\"\nport = {}\nca_file = \"{}\"\nusername = \"{USER}\"\npassword = \"{}\"\ndone = \"Done\"\nheld = \"Held\"\n",
            dovecot.imaps,
            Dovecot::authority().display(),
            Dovecot::PASSWORD,
        ),
    )
    .expect("writes");
    let environment = [
        ("MUNDAP__MAIL__OUT__PAUSED", "true".to_owned()),
        ("MUNDAP_CONFIG", configuration.display().to_string()),
    ];
    let (fresh, process) = Process::start(world, ports, &environment).await;
    let begun = Instant::now();
    let db = fresh.open().await;
    let kept = async || {
        let kept = entity::incoming_mail::Entity::find()
            .count(db.reader())
            .await
            .expect("counts");
        usize::try_from(kept).expect("few")
    };
    // Each kill falls when a share of the mails is in, somewhere within the next one.
    for n in 1..=kills {
        let share = replies * n / (kills + 1);
        eventually("a share of the replies", async || (kept().await >= share).then_some(())).await;
        tokio::time::sleep(Duration::from_micros(dice.random_range(0..20_000))).await;
        process.kill().await;
    }
    eventually("all replies", async || (kept().await >= replies).then_some(())).await;
    let fetched = begun.elapsed();
    all_read(db.reader(), &process).await;
    every_reply_is_one_answer(db.reader(), &letters).await;
    eventually("all to be moved", async || {
        let moved = dovecot.files(USER, "Done").len();
        (moved == replies && dovecot.files(USER, "INBOX").is_empty()).then_some(())
    })
    .await;
    assert_eq!(process.lines("ERROR"), Vec::<String>::new());
    println!(
        "chaos on {:?}: {kills} kills while {replies} replies were fetched, all in after {fetched:.1?}",
        testkit::engine()
    );
}
