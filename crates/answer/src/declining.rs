//! The sentence by which a model says that the sources hold no answer: the one its prompt asks for.
//! Deliberately not here: other denials. "The battery does not contain cobalt" is an answer.

use unicode_normalization::UnicodeNormalization;
use yinju_core::Language;

/// What a model is asked to write where the sources hold no answer.
pub(crate) fn sentinel(language: Language) -> &'static str {
    match language {
        Language::Zh => "资料中没有提到。",
        Language::En => "The sources do not mention it.",
    }
}

/// How a sentence declines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Declining {
    /// It is the sentinel: it says nothing of the world.
    Alone,
    /// It begins as the sentinel does and says what is not there: so might a document about sources.
    Naming,
}

/// Whether a sentence without its markers declines.
pub(crate) fn declining(sentence: &str) -> Option<Declining> {
    let said = letters(sentence);
    [Language::Zh, Language::En].into_iter().find_map(|language| {
        let sentinel = letters(sentinel(language));
        let rest = match said.strip_prefix(sentinel.as_str()) {
            Some("") => return Some(Declining::Alone),
            Some(rest) => Some(rest),
            // "… do not mention the price": the pronoun makes room for what it stands for.
            None => said.strip_prefix(sentinel.strip_suffix("it")?),
        };
        rest.map(|_| Declining::Naming)
    })
}

/// Letters and digits in lower case.
fn letters(text: &str) -> String {
    let folded = text.nfkc().filter(|c| c.is_alphanumeric());
    folded.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, expected: Option<Declining>) {
        assert_eq!(declining(sentence), expected, "{sentence}");
    }

    #[test]
    fn only_the_sentence_that_was_asked_for_declines() {
        for sentence in ["资料中没有提到", "资料中没有提到。", "The sources do not mention it."]
        {
            check(sentence, Some(Declining::Alone));
        }
        check("资料中没有提到票价。", Some(Declining::Naming));
        check("The sources do not mention the price.", Some(Declining::Naming));
    }

    #[test]
    fn denials_are_statements() {
        for sentence in [
            "The Volt 12 battery does not contain cobalt.",
            "该公司没有相关诉讼。",
            "The board did not mention a dividend in its report.",
            "No information is stored on the card.",
            "合同中未提及违约金。",
            "The warranty does not specify a place of repair.",
            "该数值无法确定。",
        ] {
            check(sentence, None);
        }
    }

    #[test]
    fn prompts_ask_for_it() {
        for (language, prompt) in [
            (Language::Zh, include_str!("../prompts/system.zh.txt")),
            (Language::En, include_str!("../prompts/system.en.txt")),
        ] {
            assert!(prompt.contains(sentinel(language)), "{language:?}");
        }
    }
}
