//! Beyond one passage: what each document says, every place that says it, what a document is about. All of
//! it in the documents' own sentences, each with its citation, so that nothing has to be believed; the
//! text is Markdown, as any answer's is.
//!
//! Deliberately not here: which passages are looked at, and a model's opinion of them.

mod central;
mod table;

use crate::check::Checked;
use crate::quotes::{self, QuoteConfig};
use crate::quoting::{Quotation, Writer, cell};
use crate::sources::{self, Candidate, Pages};
use crate::terms::Terms;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use table::Table;
use yinju_core::text::fold_whitespace;
use yinju_core::{DocumentRef, Evidence, Hit, Language};

/// Sentences a document may answer with in a comparison.
const IN_A_CELL: usize = 2;
/// The share of a question's content a sentence has to hold to be one of its places, and with the kind of
/// thing asked for (a date, a number) in it.
const PLACE: f32 = 0.45;
const PLACE_OF_KIND: f32 = 0.25;
/// Places that are listed, at most.
const MOST_PLACES: usize = 200;

/// A document and the passages of it that may answer; none where it is silent.
pub struct Side {
    /// The document.
    pub document: DocumentRef,
    /// Indexes into the evidence.
    pub evidence: Vec<usize>,
}

/// What each document says to a question, a row each, those that are silent last. Where several name
/// numbers, those that name the same ones are said to agree.
pub fn compare(question: &str, sides: &[Side], evidence: &[Evidence], pages: &Pages) -> Checked {
    let words = Words::of(question);
    let all = single_sentences(evidence, pages);
    let config = QuoteConfig { most: IN_A_CELL, share: 0.7, ..QuoteConfig::default() };
    let mut writer = Writer::new(evidence);
    let mut rows = Vec::new();
    for side in sides {
        let own = all.iter().filter(|c| side.evidence.contains(&c.evidence));
        let chosen = quotes::choose(&config, question, own, evidence);
        let said: Vec<Quotation> = chosen.iter().filter_map(|c| writer.cite(c)).collect();
        let numbers = Terms::of(&chosen.iter().map(|c| c.text()).collect::<Vec<_>>().join(" "));
        rows.push((side, said, numbers.numbers().map(str::to_owned).collect::<Numbers>()));
    }
    rows.sort_by_key(|(_, said, _)| said.is_empty());
    let mut table = Table::new(&mut writer, &[words.document, words.says, words.beside]);
    for (index, (side, said, numbers)) in rows.iter().enumerate() {
        let others = rows.iter().enumerate().filter(|(at, row)| *at != index && !row.2.is_empty());
        let beside = match (said.is_empty(), numbers.is_empty()) {
            (true, _) => String::new(),
            (false, true) => "—".to_owned(),
            (false, false) => {
                let (same, other): (Vec<_>, Vec<_>) =
                    others.partition(|(_, row)| !row.2.is_disjoint(numbers));
                words.beside(same.len(), other.len())
            }
        };
        table.row();
        table.cell(&cell(&side.document.title));
        match &said[..] {
            [] => table.cell(words.silent),
            said => table.quotations(said),
        }
        table.cell(&beside);
    }
    writer.finish()
}

/// Every sentence of the evidence that a question is about, in the order of documents and pages.
pub fn extract(question: &str, evidence: &[Evidence], pages: &Pages) -> Checked {
    let words = Words::of(question);
    let asked = Terms::of_question(&without_listing(question));
    let mut places: Vec<Candidate> = single_sentences(evidence, pages);
    places.retain(|candidate| {
        let share = asked.recall_in(candidate.terms());
        let fits = quotes::has_kind_asked(question, candidate.text());
        // Who lists all dates names nothing but the kind of thing.
        share >= PLACE || (fits && (asked.is_empty() || share >= PLACE_OF_KIND))
    });
    places.sort_by_key(|c| (evidence[c.evidence].hit.document.id, c.page.number, c.range.start));
    places.dedup_by_key(|c| (evidence[c.evidence].hit.document.id, c.page.number, c.range));
    places.truncate(MOST_PLACES);
    let mut writer = Writer::new(evidence);
    let quotations = places.iter().filter_map(|place| Some((place, writer.cite(place)?)));
    let quotations: Vec<(&Candidate, Quotation)> = quotations.collect();
    if quotations.is_empty() {
        return writer.finish();
    }
    let mut table = Table::new(&mut writer, &["#", words.says, words.document, words.page]);
    for (number, (place, said)) in (1..).zip(&quotations) {
        table.row();
        table.cell(&format!("{number}"));
        table.quotations(std::slice::from_ref(said));
        table.cell(&cell(&evidence[place.evidence].hit.document.title));
        table.cell(&place.page.number.to_string());
    }
    writer.finish()
}

/// The sentences that say most of what a text says, under its headings, in its order.
pub fn summary(evidence: &[Evidence], pages: &Pages, most: usize) -> Checked {
    let all = single_sentences(evidence, pages);
    let mut writer = Writer::new(evidence);
    let mut heading = None;
    for candidate in central::choose(&all, evidence, most) {
        let hit = &evidence[candidate.evidence].hit;
        let under = hit.passage.draft.section.first().unwrap_or(&hit.document.title);
        let Some(said) = writer.cite(candidate) else { continue };
        if heading != Some(under) {
            let parted = if writer.text.is_empty() { "" } else { "\n\n" };
            let _ = writeln!(writer.text, "{parted}### {}", cell(under));
            heading = Some(under);
        }
        writer.text.push_str("\n- ");
        writer.quote_in_cell(&said);
    }
    writer.finish()
}

fn single_sentences(evidence: &[Evidence], pages: &Pages) -> Vec<Candidate> {
    let mut all = sources::candidates(evidence, pages);
    all.retain(|candidate| {
        candidate.sentences == 1
            && !candidate.heading
            && !is_above(&evidence[candidate.evidence].hit, candidate.text())
    });
    all
}

/// Whether a line is one of the headings its passage stands under, or the title: it says nothing.
fn is_above(hit: &Hit, line: &str) -> bool {
    let line = fold_whitespace(line);
    let headings = hit.passage.draft.section.iter().chain([&hit.document.title]);
    headings.map(|heading| fold_whitespace(heading)).any(|heading| heading == line)
}

/// `列出所有…` and `list every …` say what to do, and `dates` what kind of thing; neither is looked for.
fn without_listing(question: &str) -> String {
    let listing = [
        "列出",
        "所有",
        "全部",
        "每个",
        "每一个",
        "每一处",
        "各个",
        "哪些",
        "找出",
        "提取",
        "文档",
        "合同中",
        "中的",
        "list",
        "every",
        "all",
        "each",
        "find",
        "extract",
        "show",
        "documents",
        "these",
        "those",
        "日期",
        "年份",
        "金额",
        "数字",
        "dates",
        "amounts",
        "numbers",
    ];
    let lower = question.to_lowercase();
    listing.iter().fold(lower, |text, word| {
        if word.is_ascii() {
            let kept = text.split(' ').filter(|token| token.trim_matches('?') != *word);
            kept.collect::<Vec<_>>().join(" ")
        } else {
            text.replace(word, " ")
        }
    })
}

/// The few words a table is labelled with.
struct Words {
    document: &'static str,
    says: &'static str,
    page: &'static str,
    beside: &'static str,
    silent: &'static str,
    language: Language,
}

impl Words {
    fn of(question: &str) -> Self {
        let language = Language::of(question);
        match language {
            Language::Zh => Self {
                document: "文档",
                says: "原文",
                page: "页",
                beside: "与其他文档",
                silent: "未提及",
                language,
            },
            Language::En => Self {
                document: "Document",
                says: "What it says",
                page: "Page",
                beside: "Compared with the others",
                silent: "not mentioned",
                language,
            },
        }
    }

    /// How many documents name one of the same numbers, and how many only others.
    fn beside(&self, same: usize, other: usize) -> String {
        match (self.language, same, other) {
            (_, 0, 0) => "—".to_owned(),
            (Language::Zh, same, 0) => format!("与 {same} 份一致"),
            (Language::Zh, 0, other) => format!("与 {other} 份不同"),
            (Language::Zh, same, other) => format!("与 {same} 份一致，与 {other} 份不同"),
            (Language::En, same, 0) => format!("agrees with {}", others(same)),
            (Language::En, 0, other) => format!("differs from {}", others(other)),
            (Language::En, same, other) => {
                format!("agrees with {}, differs from {}", others(same), others(other))
            }
        }
    }
}

fn others(count: usize) -> String {
    if count == 1 { "1 other".to_owned() } else { format!("{count} others") }
}

/// The values of numbers, to be compared.
type Numbers = BTreeSet<String>;
