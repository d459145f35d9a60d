//! How surely quotations are found again: pages of real documents (`yinju parse FILE > FILE.jsonl`) are
//! edited by a script, and what becomes of sentences of theirs is held against where their letters went.
//!
//! `cargo run --release -p yinju-answer --example anchors -- 500 FILE.jsonl…`

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::collections::BTreeMap;
use yinju_answer::anchor::{Fate, Quoted, VersionText, follow};
use yinju_core::text::slice_chars;
use yinju_core::{CharRange, PageNumber};

/// A letter and where it was: page and character.
type Letter = (char, Option<(usize, usize)>);

const EDITS: [&str; 9] = [
    "page put in",
    "page taken out",
    "reflowed",
    "word changed",
    "number changed",
    "sentence taken out",
    "scanned again",
    "paragraph moved",
    "renamed",
];

fn main() {
    let mut words = std::env::args().skip(1);
    let rounds: usize = words.next().unwrap().parse().unwrap();
    let documents: Vec<Vec<String>> =
        words.map(|file| pages_of(&file)).filter(|pages| !pages.is_empty()).collect();
    let mut random = fastrand::Rng::with_seed(23);
    let mut tallies: BTreeMap<&str, [usize; 6]> = BTreeMap::new();
    let mut done = 0;
    while done < rounds {
        let pages = &documents[random.usize(..documents.len())];
        let edit = EDITS[done % EDITS.len()];
        let Some((page, range)) = sentence(pages, &mut random) else { continue };
        let Some(edited) = edited(pages, (page, range), edit, &mut random) else { continue };
        done += 1;
        check(pages, (page, range), edit, &edited, tallies.entry(edit).or_default());
    }
    let mut all = [0; 6];
    for (edit, tally) in &tallies {
        println!("{edit:20} {}", line(*tally));
        all.iter_mut().zip(tally).for_each(|(sum, n)| *sum += n);
    }
    println!("{:20} {}", "all", line(all));
}

/// there, found right, said to be somewhere, right of these, silently wrong, quotations.
fn line([there, found, said, right, wrong, asked]: [usize; 6]) -> String {
    let share = |a: usize, b: usize| if b == 0 { 1.0 } else { a as f64 / b as f64 };
    format!(
        "{asked:4} asked, precision {:.3}, recall {:.3}, silently wrong {wrong}",
        share(right, said),
        share(found, there)
    )
}

fn check(
    pages: &[String],
    (page, range): (usize, CharRange),
    edit: &str,
    edited: &[Vec<Letter>],
    tally: &mut [usize; 6],
) {
    let number = PageNumber::from_index(page);
    let quote = slice_chars(&pages[page], range).to_owned();
    let numbered = pages.iter().enumerate();
    let old = VersionText::of(numbered.map(|(n, text)| (PageNumber::from_index(n), text.clone())));
    let texts = edited.iter().enumerate().map(|(n, letters)| {
        (PageNumber::from_index(n), letters.iter().map(|(letter, _)| *letter).collect())
    });
    let new = VersionText::of(texts);
    let is_of_it = |origin: Option<(usize, usize)>| {
        origin.is_some_and(|(from, at)| {
            from == page && at >= range.start as usize && at < range.end as usize
        })
    };
    let left: usize = edited.iter().flatten().filter(|(_, origin)| is_of_it(*origin)).count();
    let is_there = left * 3 >= range.len();
    let fate =
        follow(&Quoted { quote: &quote, page: number, range: Some(range) }, Some(&old), &new);
    let (spans, says_same) = match fate {
        Fate::Stand(spans) => (spans, true),
        Fate::Changed(spans) => (spans, false),
        Fate::Gone => (Vec::new(), false),
    };
    let said: Vec<&Letter> = spans
        .iter()
        .flat_map(|span| {
            &edited[span.page.index()][span.range.start as usize..span.range.end as usize]
        })
        .collect();
    let hit = said.iter().filter(|(_, origin)| is_of_it(*origin)).count();
    let is_right = hit * 10 >= left.max(1) * 7 && hit * 10 >= said.len() * 5;
    let is_altered = matches!(edit, "word changed" | "number changed");
    let is_wrong = says_same && (!is_right || is_altered);
    tally[0] += usize::from(is_there);
    tally[1] += usize::from(is_there && is_right);
    tally[2] += usize::from(!spans.is_empty());
    tally[3] += usize::from(!spans.is_empty() && is_right);
    tally[4] += usize::from(is_wrong);
    tally[5] += 1;
    if is_wrong || (is_there != is_right) || (!spans.is_empty() && !is_right) {
        let words: String = said.iter().map(|(letter, _)| *letter).collect();
        println!("  {edit}: “{}” → {says_same} “{}”", one_line(&quote), one_line(&words));
    }
}

fn one_line(text: &str) -> String {
    text.chars().take(90).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

fn pages_of(file: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap();
    let page = |line: &str| {
        let page: serde_json::Value = serde_json::from_str(line).unwrap();
        page["text"].as_str().unwrap().to_owned()
    };
    text.lines().filter(|line| line.contains("\"text\"")).map(page).collect()
}

/// A sentence, as the answers quote them.
fn sentence(pages: &[String], random: &mut fastrand::Rng) -> Option<(usize, CharRange)> {
    let page = random.usize(..pages.len());
    let letters: Vec<char> = pages[page].chars().collect();
    if letters.len() < 80 {
        return None;
    }
    let is_end = |at: &usize| {
        matches!(letters[*at], '。' | '！' | '？' | '\n')
            || (letters[*at] == '.' && letters.get(at + 1).is_some_and(|c| c.is_whitespace()))
    };
    let ends: Vec<usize> = (0..letters.len()).filter(is_end).collect();
    let n = random.usize(..ends.len().checked_sub(1)?);
    let (mut start, end) = (ends[n] + 1, ends[n + 1] + 1);
    while start < end && letters[start].is_whitespace() {
        start += 1;
    }
    let length = letters[start..end].iter().filter(|c| c.is_alphanumeric()).count();
    ((8..400).contains(&length)).then(|| (page, CharRange::new(start, end)))
}

fn edited(
    pages: &[String],
    (page, range): (usize, CharRange),
    edit: &str,
    random: &mut fastrand::Rng,
) -> Option<Vec<Vec<Letter>>> {
    let origin = |(from, text): (usize, &String)| -> Vec<Letter> {
        text.chars().enumerate().map(|(at, c)| (c, Some((from, at)))).collect()
    };
    let mut new: Vec<Vec<Letter>> = pages.iter().enumerate().map(origin).collect();
    let (start, end) = (range.start as usize, range.end as usize);
    match edit {
        "page put in" => {
            let other = pages[random.usize(..pages.len())].chars().rev();
            new.insert(random.usize(..=page), other.map(|c| (c, None)).collect());
        }
        "page taken out" => {
            let out = random.usize(..new.len());
            new.remove(out);
        }
        "reflowed" => new = reflowed(&new, random),
        "word changed" => {
            let letters: Vec<usize> =
                (start..end).filter(|at| new[page][*at].0.is_alphabetic()).collect();
            let at = *letters.get(random.usize(..letters.len().max(1)))?;
            let width = random.usize(1..=5.min(end - at));
            let instead = ["altered", "anders", "另行规定", "不再"][random.usize(..4)];
            new[page].splice(at..at + width, instead.chars().map(|c| (c, None)));
        }
        "number changed" => {
            let at = (start..end).find(|at| new[page][*at].0.is_ascii_digit())?;
            let digit = new[page][at].0.to_digit(10)?;
            new[page][at].0 = char::from_digit((digit + random.u32(1..9)) % 10, 10)?;
            new = reflowed(&new, random);
        }
        "sentence taken out" => drop(new[page].drain(start..end)),
        "scanned again" => {
            for (letter, _) in new.iter_mut().flatten() {
                if letter.is_alphanumeric() && random.usize(..100) < 2 {
                    *letter = match *letter {
                        'l' => '1',
                        'O' | 'o' => '0',
                        'e' => 'c',
                        '未' => '末',
                        other if other.is_ascii() => 'i',
                        _ => '口',
                    };
                }
            }
        }
        "paragraph moved" => {
            let from = start.saturating_sub(random.usize(..200));
            let to = (end + random.usize(..200)).min(new[page].len());
            let part: Vec<Letter> = new[page].drain(from..to).collect();
            let target = random.usize(..new.len());
            let at = random.usize(..=new[target].len());
            new[target].splice(at..at, part);
        }
        _ => {}
    }
    Some(new)
}

/// Set anew: other lines, other pages.
fn reflowed(pages: &[Vec<Letter>], random: &mut fastrand::Rng) -> Vec<Vec<Letter>> {
    let mut row: Vec<Letter> = pages.iter().flatten().copied().collect();
    let mut column = 0;
    let width = random.usize(40..100);
    for (letter, _) in &mut row {
        if letter.is_whitespace() {
            *letter = if column > width { '\n' } else { ' ' };
            column = if column > width { 0 } else { column };
        }
        column += 1;
    }
    let size = random.usize(1_500..3_000);
    row.chunks(size).map(<[Letter]>::to_vec).collect()
}
