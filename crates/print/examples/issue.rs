//! How long an issue of some forty pages takes, and how much memory: `cargo run --release -p print --example issue`.
//! With a folder, the files are written there.

#[expect(dead_code, reason = "the sheets are for the sample")]
mod content;

use print::{Cover, Issue};
use std::{env, error::Error, fs, path::PathBuf, time::Instant};

/// An issue has at least so many pages.
const PAGES: usize = 40;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).map(PathBuf::from);
    let mut issue = content::issue(Cover::Picture(content::picture("언덕", "")));
    let mut pages = print::pdf::issue(&issue)?.pages;
    println!("{pages} pages as it is, {} MB at most so far", peak()?);
    while pages < PAGES {
        more(&mut issue);
        pages = print::pdf::issue(&issue)?.pages;
    }
    for _ in 0..3 {
        let from = Instant::now();
        let pdf = print::pdf::issue(&issue)?;
        let pdf_took = from.elapsed();
        let from = Instant::now();
        let epub = print::epub::issue(&issue)?;
        println!(
            "{} pages: PDF of {} kB in {:.2} s, EPUB of {} kB in {:.2} s; {} MB of memory at most so far",
            pdf.pages,
            pdf.bytes.len() / 1_000,
            pdf_took.as_secs_f64(),
            epub.len() / 1_000,
            from.elapsed().as_secs_f64(),
            peak()?
        );
        if let Some(folder) = &folder {
            fs::create_dir_all(folder)?;
            fs::write(folder.join("issue.pdf"), &pdf.bytes)?;
            fs::write(folder.join("issue.epub"), &epub)?;
        }
    }
    Ok(())
}

/// The same articles once more, under another name each.
fn more(issue: &mut Issue) {
    for section in &mut issue.sections {
        let again: Vec<_> = section.articles.iter().take(1).cloned().collect();
        section.articles.extend(again.into_iter().map(|mut d| {
            d.title.push_str(" (다시)");
            d
        }));
    }
}

/// The most memory that this process ever had, in MB.
fn peak() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).ok_or("no VmHWM")?;
    let kilobytes: u64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok(kilobytes / 1_000)
}
