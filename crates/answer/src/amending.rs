//! Sentences of a model's answer whose quotation stands for them: what the page bears out in part only,
//! and what says no more than the question did. The page's own words are then shown, or what the model
//! says of them once more, if that holds. Deliberately not here: asking the model.

use crate::check::{Checked, before_full_stop};
use crate::layout;
use crate::quotes;
use crate::quoting::{cell, without_foreign_markers};
use crate::taken::is_of_another;
use crate::terms::Terms;
use std::collections::{BTreeMap, BTreeSet};
use yinju_core::markup::{Block, BlockKind};
use yinju_core::text::{fold_whitespace, slice_chars, unwrap_lines};
use yinju_core::{CharRange, Evidence, Language, Origin, Sentence, Support};

/// The share of a sentence's words from which on it says what the question says.
const SAME: f32 = 0.9;

/// A sentence that its quotations should stand for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// Which sentence, by its index.
    pub sentence: usize,
    /// The words it is bound to.
    pub quotation: String,
}

/// What is put in the place of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Instead {
    /// Its quotations.
    Quotation,
    /// Another sentence that they bear out.
    Said(String),
}

/// The sentences of a model's answer that are better said by what they quote: what it bears out in part
/// only, or across languages not at all, and what says nothing new. Rows of tables stay as they are, and
/// so does what is said of another subject: its quotation would be taken for an answer as well.
pub fn in_doubt(question: &str, checked: &Checked, evidence: &[Evidence]) -> Vec<Doubt> {
    let in_rows = in_rows(&checked.blocks);
    let is_answered = checked.sentences.iter().any(|s| quotes::has_kind_asked(question, &s.text));
    let sentences = checked.sentences.iter().enumerate();
    let doubts = sentences.filter_map(|(index, sentence)| {
        let cited = checked.citations.iter().filter(|c| sentence.markers.contains(&c.marker));
        let quotation = cited.map(|c| unwrap_lines(&c.quote)).collect::<Vec<_>>().join("\n");
        let is_quotable = !quotation.is_empty()
            && !quotes_another(question, sentence, checked, evidence)
            && sentence.origin == Origin::Model
            && !in_rows.contains(&(index as u32));
        // Words of two languages cannot be compared: there, that it may be so is all that can be told.
        let is_comparable = Language::of(&sentence.text) == Language::of(&quotation);
        let lacks_kind = || !is_answered && quotes::has_kind_asked(question, &quotation);
        let is_doubtful = match sentence.support {
            Support::Unsupported => true,
            Support::Partial => is_comparable,
            Support::Supported | Support::NotAClaim => {
                is_comparable && (says_what_was_asked(question, &sentence.text) || lacks_kind())
            }
        };
        (is_quotable && is_doubtful).then_some(Doubt { sentence: index, quotation })
    });
    doubts.collect()
}

/// Whether the quotations of a sentence are of another subject than the question names.
fn quotes_another(
    question: &str,
    sentence: &Sentence,
    checked: &Checked,
    evidence: &[Evidence],
) -> bool {
    let cited = checked.citations.iter().filter(|c| sentence.markers.contains(&c.marker));
    let hits = cited.clone().filter_map(|citation| {
        let holds = |e: &&Evidence| {
            e.hit.document.id == citation.document.id
                && fold_whitespace(&e.hit.passage.draft.text)
                    .contains(&fold_whitespace(&citation.quote))
        };
        evidence.iter().find(holds).map(|evidence| &evidence.hit)
    });
    let (hits, all): (Vec<_>, Vec<_>) = (hits.collect(), evidence.iter().map(|e| &e.hit).collect());
    let quoted = cited.map(|citation| citation.quote.as_str()).collect::<Vec<_>>().join("\n");
    is_of_another(question, &quoted, &hits, &all)
}

/// Whether a sentence repeats a question that wants more than yes or no.
pub fn says_what_was_asked(question: &str, sentence: &str) -> bool {
    let (asked, said) = (Terms::of(question), Terms::of(sentence));
    !is_yes_or_no(question)
        && !said.is_empty()
        && !said.has_number_missing_in(&asked)
        && said.recall_in(&asked) >= SAME
}

/// Whether yes or no would answer, as far as its form tells.
fn is_yes_or_no(question: &str) -> bool {
    let lower = question.trim().to_lowercase();
    let first = lower.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let auxiliaries = [
        "is", "are", "am", "was", "were", "do", "does", "did", "can", "could", "may", "might",
        "must", "should", "shall", "will", "would", "has", "have", "had",
    ];
    let forms = ["吗", "嗎", "是否", "能否", "可否", "有无", "有無"];
    auxiliaries.contains(&first) || forms.iter().any(|f| lower.contains(f)) || has_a_not_a(&lower)
}

/// `有没有`, `能不能`: a word, a denial, and the word again.
fn has_a_not_a(question: &str) -> bool {
    let chars: Vec<char> = question.chars().collect();
    chars.windows(3).any(|w| matches!(w[1], '不' | '没' | '沒') && w[0] == w[2])
}

/// The sentences that stand in tables.
fn in_rows(blocks: &[Block]) -> BTreeSet<u32> {
    let mut found = BTreeSet::new();
    for block in blocks {
        match &block.kind {
            BlockKind::Table { rows, .. } => {
                let inlines = rows.iter().flat_map(|row| row.cells.iter().flatten());
                found.extend(inlines.filter_map(yinju_core::markup::Inline::sentence));
            }
            BlockKind::List { items, .. } => {
                found.extend(items.iter().flat_map(|item| in_rows(&item.blocks)));
            }
            BlockKind::Quote { blocks } => found.extend(in_rows(blocks)),
            _ => {}
        }
    }
    found
}

/// The answer with other words in the places of some sentences, under the same markers.
pub fn amended(checked: Checked, instead: &BTreeMap<usize, Instead>) -> Checked {
    let mut writer = Writer { text: String::new(), sentences: Vec::new(), quoted: BTreeSet::new() };
    let mut done = 0;
    for (index, sentence) in checked.sentences.iter().enumerate() {
        let range = sentence.range;
        writer
            .text
            .push_str(slice_chars(&checked.text, CharRange { start: done, end: range.start }));
        done = range.end;
        match instead.get(&index) {
            None => writer.add(slice_chars(&checked.text, range), sentence.clone()),
            Some(Instead::Said(said)) => writer.say(said, sentence),
            Some(Instead::Quotation) if sentence.markers.is_empty() => {
                writer.add(slice_chars(&checked.text, range), sentence.clone());
            }
            Some(Instead::Quotation) => writer.quote(sentence, &checked),
        }
    }
    let end = checked.text.chars().count() as u32;
    writer.text.push_str(slice_chars(&checked.text, CharRange { start: done, end }));
    let kept = writer.text.trim_end().len();
    writer.text.truncate(kept);
    Checked {
        blocks: layout::blocks(&writer.text, &writer.sentences),
        text: writer.text,
        sentences: writer.sentences,
        ..checked
    }
}

struct Writer {
    text: String,
    sentences: Vec<Sentence>,
    /// Markers of quotations that are written.
    quoted: BTreeSet<u32>,
}

impl Writer {
    fn add(&mut self, written: &str, sentence: Sentence) {
        let start = self.text.chars().count();
        self.text.push_str(written);
        let range = CharRange::new(start, self.text.chars().count());
        self.sentences.push(Sentence { range, ..sentence });
    }

    fn say(&mut self, said: &str, sentence: &Sentence) {
        let said = said.trim();
        let markers = sentence.markers.iter().map(|marker| format!("[{marker}]"));
        let markers = markers.collect::<Vec<_>>().concat();
        let (words, stop) = said.split_at(before_full_stop(said));
        let space = if Language::of(said) == Language::En { " " } else { "" };
        let written = format!("{words}{space}{markers}{stop}");
        let support = Support::Supported;
        self.add(&written, Sentence { text: said.to_owned(), support, ..sentence.clone() });
    }

    /// Writes each quotation once, but in a list, whose points may not be empty.
    fn quote(&mut self, sentence: &Sentence, checked: &Checked) {
        let line = self.text.rfind('\n').map_or(0, |newline| newline + 1);
        let is_point = !self.text[line..].trim().is_empty()
            && !self.text[line..].contains(char::is_alphabetic);
        let mut is_first = true;
        for marker in &sentence.markers {
            let citation = checked.citations.iter().find(|citation| citation.marker == *marker);
            let is_new = self.quoted.insert(*marker) || (is_point && is_first);
            let Some(citation) = citation.filter(|_| is_new) else { continue };
            let text = without_foreign_markers(&unwrap_lines(&citation.quote));
            self.text.push_str(if is_first { "" } else { " " });
            is_first = false;
            let written = format!("{} [{marker}]", cell(&text));
            self.add(
                &written,
                Sentence {
                    text,
                    markers: vec![*marker],
                    support: Support::Supported,
                    origin: Origin::Quoted,
                    range: CharRange::default(),
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check_answer;
    use crate::fixtures::{evidence, lookup};

    fn check(question: &str, source: &str, draft: &str, expected: &str) {
        let (evidence, known) = evidence(&[source]);
        let checked = check_answer(question, draft, &evidence, &lookup(&known));
        let doubts = in_doubt(question, &checked, &evidence).into_iter();
        let instead = doubts.map(|doubt| (doubt.sentence, Instead::Quotation)).collect();
        let amended = amended(checked, &instead);
        assert_eq!(amended.text, expected);
        for sentence in &amended.sentences {
            let place = slice_chars(&amended.text, sentence.range);
            assert!(place.starts_with(&sentence.text[..3]), "{place}");
        }
    }

    #[test]
    fn what_repeats_the_question_gives_way_to_its_quotation() {
        let source = "2009年赵鹏入选中国国家队，同年5月对阵德国是他的第一场国际A级赛。";
        let quoted = format!("{source} [1]");
        check("赵鹏在哪年入选国家队？", source, "赵鹏入选中国国家队[1]。", &quoted);
        let source = "Volt 19 batteries were first sold in March 2011 by the Halden works.";
        let quoted = format!("{source} [1]");
        let question = "When were Volt 19 batteries first sold?";
        check(question, source, "Volt 19 batteries were first sold [1].", &quoted);
    }

    #[test]
    fn what_answers_stays() {
        let source = "The Volt 12 battery does not contain cobalt.";
        let said = "The Volt 12 battery does not contain cobalt [1].";
        check("Does the Volt 12 battery contain cobalt?", source, said, said);
        let source = "2009年赵鹏入选中国国家队。";
        check("赵鹏在哪年入选国家队？", source, "2009年[1]。", "2009年[1]。");
    }

    #[test]
    fn what_is_borne_out_in_part_gives_way() {
        let source = "嘉兴南站是沿途等级最高的中间站，建筑总面积近5.6万平方米。站台长450米。";
        let draft = "- 嘉兴南站的建筑总面积近5.6万平方米[1]。\n- 面积近5.6万平方米[1]。";
        let (evidence, known) = evidence(&[source]);
        let checked = check_answer("嘉兴南站多大？", draft, &evidence, &lookup(&known));
        let instead = [(0, Instead::Quotation)].into_iter().collect();
        let amended = amended(checked, &instead);
        let quoted = &amended.sentences[0];
        assert_eq!((quoted.origin, &quoted.markers[..]), (Origin::Quoted, &[1][..]));
        assert!(source.contains(&quoted.text) && amended.text.starts_with("- 嘉兴"));
        assert!(amended.text.ends_with("\n- 面积近5.6万平方米[1]。"), "{}", amended.text);
    }

    #[test]
    fn what_is_said_of_another_is_not_quoted_as_an_answer() {
        let (mut evidence, known) =
            evidence(&["女神响尾蛇分布于墨西哥西部。", "双眼细小并显得晦暗，尾部鳞片密集。"]);
        evidence[0].hit.document.title = "女神响尾蛇".to_owned();
        evidence[1].hit.document.title = "红腹锉尾蛇".to_owned();
        let question = "女神响尾蛇分布在哪些地区？";
        let draft = "女神响尾蛇分布于墨西哥西部[1]。双眼细小并显得晦暗[2]。";
        let checked = check_answer(question, draft, &evidence, &lookup(&known));
        assert_eq!(checked.sentences[1].support, Support::Partial);
        assert!(in_doubt(question, &checked, &evidence).is_empty());
    }

    #[test]
    fn questions_for_yes_or_no_are_known_by_their_form() {
        for question in
            ["该公司有没有相关诉讼？", "含钴吗？", "Is it free of lead?", "能不能退货？"]
        {
            assert!(is_yes_or_no(question), "{question}");
        }
        for question in ["When is it due?", "哪年入选？", "How much does it weigh?"] {
            assert!(!is_yes_or_no(question), "{question}");
        }
    }
}
