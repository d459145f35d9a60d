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

/// Fewer words than this make no prose, nor half as many ideographs again.
const LEAST_WORDS: usize = 12;
const LEAST_IDEOGRAPHS: usize = 18;
/// The least share of words that only join others, in English prose; of running text it is .4 and more,
/// of addresses, names, code and lists of references .15 and less.
const LEAST_JOINING: f32 = 0.22;

const JOINING: &str = " a an the of to in on at by for from with as and or but if than that this these those is \
 are was were be been has have had do does did it its he she they his her their we our you your i my not no into over \
 under about after before during between through can could will would shall should may might must which who when \
 where what how also such so there all any each other more most some only ";

/// The language of a text's sentences; `None` where it has none to speak of, but names, numbers,
/// addresses or code, which are of no language.
pub fn prose(text: &str) -> Option<Language> {
    let ideographs = text.chars().filter(|c| is_ideograph(*c)).count();
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphabetic() || c == '\'') || is_ideograph(c))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    if ideographs >= words.len() {
        return (ideographs >= LEAST_IDEOGRAPHS).then_some(Language::Zh);
    }
    let joining = words.iter().filter(|word| JOINING.contains(&format!(" {word} "))).count();
    let is_prose =
        words.len() >= LEAST_WORDS && joining as f32 >= LEAST_JOINING * words.len() as f32;
    is_prose.then_some(Language::En)
}

/// A letter of a script written without spaces, as opposed to its punctuation.
pub fn is_ideograph(c: char) -> bool {
    c.is_alphanumeric() && is_cjk(c) && !matches!(c, '\u{FF00}'..='\u{FF65}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sentences_are_of_a_language() {
        let zh = "本公司二〇二四年实现营业收入十八亿元，同比增长百分之十二。";
        let en = "The ferry at Whitesand was opened in 1871 with two wooden boats, which crossed it daily.";
        assert_eq!(prose(zh), Some(Language::Zh));
        assert_eq!(prose(en), Some(Language::En));
        for text in [
            "Smith J, Jones K. Neural networks. J Mach Learn Res 12:1–9, 2011. Müller H, Weber T. \
             Deep nets. Proc ICML 2012. Chen L, Wu P. Graph models. Nature 4, 2015.",
            "12 Harbour Street, Whitesand, Bristol BS1 4XY, United Kingdom tel. 0117 496 0000 info@example.org",
            "fn main() { let mut x = vec![1, 2]; x.push(3); println!(\"{x:?}\"); std::process::exit(0) }",
            "E5",
            "附录二",
        ] {
            assert_eq!(prose(text), None, "{text}");
        }
    }

    #[test]
    fn the_script_that_prevails_decides() {
        assert_eq!(Language::of("《战国无双3》是由哪两个公司合作开发的？"), Language::Zh);
        assert_eq!(Language::of("What does 引据 mean?"), Language::En);
        assert_eq!(Language::of("PDF 是什么"), Language::Zh);
        assert_eq!(Language::of(""), Language::En);
    }
}
