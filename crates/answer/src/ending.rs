//! Where a draft ends that goes on after it has answered. Small models say a thing again, or go on
//! copying what they have read; both are seen by what they write. How long an answer is, is for the
//! question, the model and the person to say. Deliberately not here: whether it is true.

use crate::markers::{Reading, read};
use crate::sentences;
use crate::terms::Terms;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;
use yinju_core::language::is_ideograph;

/// So many sentences in a row that share no word with the question were not asked for.
const STRAYS: usize = 3;
/// Shorter ones may well come twice: `Yes.`
const REPEATABLE: usize = 6;

/// Watches a draft grow.
pub struct Ending {
    asked: Terms,
    /// Whether the model is of those that copy.
    copies: bool,
    /// What was said, and where.
    said: BTreeMap<String, usize>,
    /// Sentences that were looked at.
    seen: usize,
    strays: usize,
}

impl Ending {
    /// For an answer to a question. `copies` says that what nothing asked for ends it too.
    pub fn new(question: &str, copies: bool) -> Self {
        let asked = Terms::of_question(question);
        Self { asked, copies, said: BTreeMap::new(), seen: 0, strays: 0 }
    }

    /// The byte at which the draft should end, if it has gone too far; to be asked again whenever the
    /// same draft has grown.
    pub fn of(&mut self, draft: &str) -> Option<usize> {
        let sentences = sentences::of_draft(draft, &[]).into_iter();
        let sentences: Vec<_> = sentences.map(|(range, _)| range).collect();
        // The last one may still grow, and that before it have its marker to come.
        let is_begun = sentences.last().is_some_and(|last| {
            let rest: Vec<char> = draft[after_markers(draft, last.start)..].chars().collect();
            !rest.is_empty() && read(&rest) != Reading::Unfinished
        });
        let finished = sentences.len().saturating_sub(if is_begun { 1 } else { 2 });
        for at in self.seen..finished {
            self.seen = at + 1;
            let (start, sentence) = (sentences[at].start, &draft[sentences[at].clone()]);
            if !self.is_new(sentence, start) {
                return Some(after_markers(draft, entry_start(draft, start)));
            }
            let is_entry = entry_start(draft, start) < start;
            self.strays = if !is_entry && self.is_stray(sentence) { self.strays + 1 } else { 0 };
            if self.copies && self.strays == STRAYS {
                let next = entry_start(draft, sentences[at + 1].start);
                return Some(after_markers(draft, next));
            }
        }
        None
    }

    /// What was said at the same place before is the same sentence: it is counted otherwise once a table
    /// or a list is one.
    fn is_new(&mut self, sentence: &str, start: usize) -> bool {
        let words = words(sentence);
        let length = words.chars().map(|c| if is_ideograph(c) { 2 } else { 1 }).sum::<usize>();
        length < 2 * REPEATABLE || *self.said.entry(words).or_insert(start) == start
    }

    /// Steps, entries and rows belong to what introduced them.
    fn is_stray(&self, sentence: &str) -> bool {
        let is_entry = sentence.starts_with(['•', '|', '`'])
            || sentence.starts_with(|c: char| c.is_numeric())
            || sentence.starts_with(['（', '(', '第']);
        let said = Terms::of(sentence);
        !is_entry && !said.is_empty() && self.asked.shared_with(&said) <= 0.0
    }
}

/// Where a sentence begins, with the bullet or number before it.
fn entry_start(draft: &str, start: usize) -> usize {
    let line = draft[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let is_bare = !draft[line..start].trim().is_empty()
        && !draft[line..start].contains(char::is_alphabetic)
        && !draft[line..start].contains(']');
    if is_bare { line } else { start }
}

/// Letters and digits, without markers.
fn words(sentence: &str) -> String {
    let chars: Vec<char> = sentence.nfkc().flat_map(char::to_lowercase).collect();
    let (mut words, mut at) = (String::new(), 0);
    while at < chars.len() {
        if let Reading::Marker { len, .. } = read(&chars[at..]) {
            at += len;
            continue;
        }
        words.extend(chars[at].is_alphanumeric().then_some(chars[at]));
        at += 1;
    }
    words
}

/// Markers behind a full stop belong to the sentence before it.
fn after_markers(draft: &str, start: usize) -> usize {
    let chars: Vec<char> = draft[start..].chars().collect();
    let mut at = 0;
    while let Reading::Marker { len, .. } = read(&chars[at..]) {
        at += len;
        at += chars[at..].iter().take_while(|c| **c == ' ').count();
    }
    start + chars[..at].iter().map(|c| c.len_utf8()).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left of a draft that comes a character at a time.
    fn left<'a>(question: &str, draft: &'a str) -> &'a str {
        let mut ending = Ending::new(question, true);
        let mut ends = draft.char_indices().map(|(at, c)| at + c.len_utf8());
        let end = ends.find_map(|end| ending.of(&draft[..end]));
        draft[..end.unwrap_or(draft.len())].trim_end()
    }

    #[test]
    fn what_was_said_is_not_said_again() {
        let draft = "The warranty lasts two years. [1] It starts on delivery. [2] The warranty lasts two years. [1] It";
        let kept = "The warranty lasts two years. [1] It starts on delivery. [2]";
        assert_eq!(left("How long is the warranty?", draft), kept);
        let draft = "保修期为两年。[1]自交货之日起计算。[1]保修期为两年。[2]自";
        assert_eq!(left("保修期多长？", draft), "保修期为两年。[1]自交货之日起计算。[1]");
    }

    #[test]
    fn what_nothing_asked_for_ends_it() {
        let draft = "The ferry was opened in 1871. [1] Its boats were green. [1] It rained in May. [2] \
                     Tolls rose in spring. [2] The mayor resigned. [3] Nobody";
        let kept = "The ferry was opened in 1871. [1] Its boats were green. [1] It rained in May. [2] \
                    Tolls rose in spring. [2]";
        assert_eq!(left("When was the ferry opened?", draft), kept);
    }

    #[test]
    fn twelve_steps_are_whole() {
        let steps: Vec<String> = [
            "Open the lid",
            "Drain water",
            "Lift the tray",
            "Wipe it dry",
            "Press reset",
            "Fit the tray",
            "Pour vinegar",
            "Boil once",
            "Wait an hour",
            "Rinse well",
            "Close the lid",
            "Plug it in",
        ]
        .iter()
        .enumerate()
        .map(|(at, step)| format!("{}. {step}. [1]", at + 1))
        .collect();
        let draft = format!("To descale the kettle:\n{}\n", steps.join("\n"));
        assert_eq!(left("How do I descale the kettle?", &draft), draft.trim_end());
    }
}
