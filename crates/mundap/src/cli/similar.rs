//! `mundap similar`: which questions of a file are alike. No database and no settings.

use super::{Failure, Outcome};
use ::similar::{Index, Language, Survey, THRESHOLD, Tune};
use anyhow::Context;
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write},
    num::NonZero,
    path::{Path, PathBuf},
    thread,
};

#[derive(Debug, clap::Args)]
pub(crate) struct Similar {
    /// Lines of {"id", "text", "lang"?}; - reads standard input.
    file: PathBuf,
    /// One object a line, in the order of the file: {"id", "group", "nearest": [{"id", "score"}, …]}.
    #[arg(long)]
    json: bool,
    /// How many of the nearest are told for each.
    #[arg(long, value_name = "K", default_value_t = 10)]
    top: usize,
    /// From which score on two questions may be of one group, from 0 to 1; more means fewer and surer groups.
    #[arg(long, value_name = "T", default_value_t = THRESHOLD, value_parser = threshold)]
    threshold: f32,
}

struct Question {
    /// As it came: a string or a number.
    id: Value,
    text: String,
    language: Option<Language>,
}

impl Similar {
    pub(crate) fn run(&self) -> Outcome {
        let questions = self.read()?;
        let tune = Tune::default();
        let mut index = Index::new(Tune {
            reach: tune.reach.max(self.top),
            ..tune
        });
        for (at, question) in questions.iter().enumerate() {
            match question.language {
                Some(language) => index.insert_in(at, &question.text, language),
                None => index.insert(at, &question.text),
            }
        }
        let threads = thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
        let survey = index.survey(threads);
        match self.print(&questions, &survey) {
            // A reader that stops early (`| head`) is no error.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other.context("cannot write to standard output")?),
        }
    }

    fn read(&self) -> Outcome<Vec<Question>> {
        let lines: Box<dyn BufRead> = if self.file == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            let file = File::open(&self.file).with_context(|| format!("cannot read {}", self.file.display()))?;
            Box::new(BufReader::new(file))
        };
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut questions = Vec::new();
        for (number, line) in (1..).zip(lines.split(b'\n')) {
            let wrong = |why: String| Failure::Failed(anyhow::anyhow!("{}: line {number}: {why}", self.file.display()));
            let line = line.map_err(|error| wrong(error.to_string()))?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let question = question(&line).map_err(wrong)?;
            if let Some(first) = seen.insert(question.id.to_string(), number) {
                return Err(wrong(format!("the id {} stands in line {first} already", question.id)));
            }
            questions.push(question);
        }
        Ok(questions)
    }

    fn print(&self, questions: &[Question], survey: &Survey<usize>) -> io::Result<()> {
        let groups = survey.groups(self.threshold);
        let mut group_of: Vec<Option<usize>> = vec![None; questions.len()];
        for (number, group) in (1..).zip(&groups) {
            for at in group {
                group_of[*at] = Some(number);
            }
        }
        let mut nearest: Vec<Vec<(usize, f32)>> = vec![Vec::new(); questions.len()];
        for (at, list) in survey.nearest(self.top) {
            nearest[at] = list;
        }
        let mut out = BufWriter::new(io::stdout().lock());
        for (at, question) in questions.iter().enumerate() {
            if self.json {
                let near =
                    |(other, score): &(usize, f32)| json!({"id": questions[*other].id, "score": rounded(*score)});
                let near: Vec<Value> = nearest[at].iter().map(near).collect();
                let line = json!({"id": question.id, "group": group_of[at], "nearest": near});
                writeln!(out, "{line}")?;
            } else {
                writeln!(out, "{}  {}", plain(&question.id), one_line(&question.text))?;
                for (other, score) in &nearest[at] {
                    let other = &questions[*other];
                    writeln!(out, "  {score:.3}  {}  {}", plain(&other.id), one_line(&other.text))?;
                }
            }
        }
        if !self.json {
            self.print_groups(&mut out, questions, &groups)?;
        }
        out.flush()
    }

    fn print_groups(&self, out: &mut impl Write, questions: &[Question], groups: &[Vec<usize>]) -> io::Result<()> {
        writeln!(out, "\n{} groups from {:.3} on", groups.len(), self.threshold)?;
        for (number, group) in (1..).zip(groups) {
            writeln!(out, "\ngroup {number}: {}", group.len())?;
            for at in group {
                writeln!(
                    out,
                    "  {}  {}",
                    plain(&questions[*at].id),
                    one_line(&questions[*at].text)
                )?;
            }
        }
        Ok(())
    }
}

fn question(line: &[u8]) -> Result<Question, String> {
    // The mark that some editors set at the beginning of a file.
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let value: Value = serde_json::from_slice(line).map_err(|error| format!("no JSON: {error}"))?;
    let Value::Object(mut fields) = value else {
        return Err("an object {\"id\", \"text\"} is wanted".to_owned());
    };
    let id = match fields.remove("id") {
        Some(id @ (Value::String(_) | Value::Number(_))) => id,
        Some(_) => return Err("the id must be a string or a number".to_owned()),
        None => return Err("there is no id".to_owned()),
    };
    // Whoever has none writes none, an empty one or null.
    let language = match fields.remove("lang") {
        Some(Value::String(tag)) if !tag.trim().is_empty() => Some(Language::tagged(tag.trim())),
        Some(Value::String(_) | Value::Null) | None => None,
        Some(_) => return Err("the lang must be a string".to_owned()),
    };
    match fields.remove("text") {
        Some(Value::String(text)) => Ok(Question { id, text, language }),
        Some(_) => Err("the text must be a string".to_owned()),
        None => Err("there is no text".to_owned()),
    }
}

fn threshold(value: &str) -> Result<f32, String> {
    let number: f32 = value.parse().map_err(|_| "a number from 0 to 1 is wanted".to_owned())?;
    if (0.0..=1.0).contains(&number) {
        Ok(number)
    } else {
        Err("a number from 0 to 1 is wanted".to_owned())
    }
}

/// Without the digits that only the binary form of the number has.
fn rounded(score: f32) -> f64 {
    (f64::from(score) * 1e6).round() / 1e6
}

fn plain(id: &Value) -> String {
    id.as_str().map_or_else(|| id.to_string(), one_line)
}

/// Nothing that a terminal would obey.
fn one_line(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_out_as_they_came_in() {
        for id in ["7", "\"7\"", "\"가\"", "18446744073709551615"] {
            let line = format!("{{\"id\":{id},\"text\":\"정산\",\"lang\":\"ko\",\"more\":[]}}");
            let question = question(line.as_bytes()).expect("a question");
            assert_eq!(question.id.to_string(), id);
        }
    }

    #[test]
    fn a_bad_line_says_what_is_wanted() {
        for (line, why) in [
            ("정산", "no JSON"),
            ("[1]", "an object"),
            ("{\"text\":\"정산\"}", "no id"),
            ("{\"id\":null,\"text\":\"정산\"}", "string or a number"),
            ("{\"id\":1}", "no text"),
            ("{\"id\":1,\"text\":2}", "must be a string"),
            ("{\"id\":1,\"text\":\"정산\",\"lang\":2}", "lang must be a string"),
        ] {
            let error = question(line.as_bytes()).err().expect("an error");
            assert!(error.contains(why), "{line}: {error}");
        }
    }

    #[test]
    fn thresholds_outside_are_refused() {
        assert_eq!(threshold("0.4"), Ok(0.4));
        assert!(threshold("1.1").is_err() && threshold("NaN").is_err() && threshold("x").is_err());
    }
}
