//! What a model thinks before it answers, told apart from the answer while it is written: it stands
//! between `<think>` and `</think>`, before anything else (Qwen3, DeepSeek-R1). Deliberately not here:
//! whether a model is to think, and for how long.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Where a model is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Nothing is written but white space, or the beginning of the mark.
    #[default]
    Before,
    Thinking,
    Answering,
}

/// Parts what a model writes.
#[derive(Default)]
pub struct Reasoning {
    stage: Stage,
    /// What may still become a mark.
    held: String,
    /// Whether nothing but white space came since the last mark.
    is_fresh: bool,
}

impl Reasoning {
    /// Takes the next words; gives those that are thought, and those of the answer.
    pub fn push(&mut self, text: &str) -> (String, String) {
        self.held.push_str(text);
        let (mut thought, mut answer) = (String::new(), String::new());
        if self.stage == Stage::Before {
            let begun = self.held.trim_start();
            if let Some(rest) = begun.strip_prefix(OPEN) {
                self.held = rest.to_owned();
                (self.stage, self.is_fresh) = (Stage::Thinking, true);
            } else if !OPEN.starts_with(begun) {
                self.stage = Stage::Answering;
            }
        }
        self.trim();
        if self.stage == Stage::Thinking {
            if let Some((before, after)) = self.held.split_once(CLOSE) {
                thought.push_str(before.trim_end());
                self.held = after.to_owned();
                (self.stage, self.is_fresh) = (Stage::Answering, true);
            } else {
                let kept = self.held.len() - begun_mark(&self.held);
                thought.extend(self.held.drain(..kept));
            }
        }
        self.trim();
        if self.stage == Stage::Answering {
            answer = std::mem::take(&mut self.held);
        }
        (thought, answer)
    }

    /// Lines between a mark and what follows it belong to neither.
    fn trim(&mut self) {
        if self.is_fresh {
            self.held = self.held.trim_start().to_owned();
            self.is_fresh = self.held.is_empty();
        }
    }

    /// What was held back: it was no mark.
    pub fn finish(&mut self) -> (String, String) {
        let rest = std::mem::take(&mut self.held);
        match self.stage {
            Stage::Thinking => (rest, String::new()),
            Stage::Before | Stage::Answering => (String::new(), rest),
        }
    }

    /// Whether it thinks and has not begun to answer.
    pub fn is_thinking(&self) -> bool {
        self.stage == Stage::Thinking
    }
}

/// Bytes at the end of a text that may be the beginning of the closing mark.
fn begun_mark(text: &str) -> usize {
    let lengths = (1..CLOSE.len()).rev();
    lengths.into_iter().find(|length| text.ends_with(&CLOSE[..*length])).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However it is cut, the same comes of it.
    fn check(written: &str, thought: &str, answer: &str) {
        for size in [1, 3, 1_000] {
            let chars: Vec<char> = written.chars().collect();
            let mut reasoning = Reasoning::default();
            let pieces = chars.chunks(size).map(|piece| piece.iter().collect::<String>());
            let parts: Vec<_> = pieces.map(|piece| reasoning.push(&piece)).collect();
            let parts = parts.into_iter().chain([reasoning.finish()]);
            let (thoughts, answers): (Vec<_>, Vec<_>) = parts.unzip();
            assert_eq!((thoughts.concat().trim_end(), &*answers.concat()), (thought, answer));
        }
    }

    #[test]
    fn thoughts_and_answers_are_told_apart() {
        check(
            "<think>\nLet me see < that.\n</think>\n\nTwo years [1].",
            "Let me see < that.",
            "Two years [1].",
        );
        check("<think>\n\n</think>\n\n两年。", "", "两年。");
        check("Two <think> years.", "", "Two <think> years.");
        check("<think>no end </thi", "no end </thi", "");
        check("<thinking", "", "<thinking");
    }
}
