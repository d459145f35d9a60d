//! Which of the two languages of the interface a text is written in. Not a language detector: it
//! only decides between the Chinese and the English prompt, whether words can be compared, and what
//! a search in one language leaves out.

use crate::text::is_cjk;
use serde::{Deserialize, Serialize};

/// A language prompts are written in, and a side of the libraries that can be searched alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English; also the fall-back for every other language.
    En,
}

impl Language {
    /// Chinese where there are at least as many ideographs as Latin words.
    pub fn of(text: &str) -> Self {
        let ideographs = text.chars().filter(|c| is_ideograph(*c)).count();
        let words = text
            .split(|c: char| !c.is_alphabetic() || is_ideograph(c))
            .filter(|word| !word.is_empty())
            .count();
        if ideographs > 0 && ideographs >= words { Self::Zh } else { Self::En }
    }
}

/// A letter of a script written without spaces, as opposed to its punctuation.
pub fn is_ideograph(c: char) -> bool {
    c.is_alphanumeric() && is_cjk(c) && !matches!(c, '\u{FF00}'..='\u{FF65}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_that_prevails_decides() {
        assert_eq!(Language::of("《战国无双3》是由哪两个公司合作开发的？"), Language::Zh);
        assert_eq!(Language::of("What does 引据 mean?"), Language::En);
        assert_eq!(Language::of("PDF 是什么"), Language::Zh);
        assert_eq!(Language::of(""), Language::En);
    }
}
