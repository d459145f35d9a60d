//! What a reader takes a sentence for where it stands: an answer to the question, of what was asked about.
//! Words that stand on a page can mislead there. Deliberately not here: whether they stand there.

use crate::terms::Terms;
use yinju_core::Hit;
use yinju_core::text::fold_whitespace;

/// A title shorter than this, in characters, is not what a question is about.
const SHORTEST_TITLE: usize = 2;

/// Words that give a cause, and those by which a page may tell one.
const CAUSES: [&str; 5] = ["因为", "因為", "由于", "由於", "because"];
const TOLD: [&str; 30] = [
    "因",
    "由于",
    "由於",
    "所以",
    "故",
    "为了",
    "為了",
    "以便",
    "导致",
    "導致",
    "使",
    "令",
    "致",
    "从而",
    "於是",
    "于是",
    "缘",
    "because",
    "since",
    "due to",
    "as ",
    "so ",
    "therefore",
    "thus",
    "lead",
    "led",
    "result",
    "cause",
    "reason",
    "for ",
];

/// Whether a sentence that names no subject of its own quotes what is said of another one than the question
/// names: the question names a document by its title, and no quotation is of that document or names it.
pub(crate) fn is_of_another(
    question: &str,
    sentence: &str,
    quoted: &[&Hit],
    evidence: &[&Hit],
) -> bool {
    let asked = folded(question);
    let titles = evidence.iter().map(|hit| folded(&hit.document.title));
    let named: Vec<String> = titles
        .filter(|title| title.chars().count() >= SHORTEST_TITLE && asked.contains(title.as_str()))
        .collect();
    let speaks_of = |hit: &&Hit, title: &String| {
        folded(&hit.document.title).contains(title)
            || folded(&hit.passage.draft.text).contains(title)
    };
    let said = folded(sentence);
    let names_its_own = |hit: &&Hit| {
        let title = Terms::of(&hit.document.title);
        title.recall_in(&Terms::of(sentence)) >= 0.5
    };
    !named.is_empty()
        && !quoted.is_empty()
        && !named.iter().any(|title| said.contains(title.as_str()))
        && !quoted.iter().any(|hit| named.iter().any(|title| speaks_of(hit, title)))
        && !quoted.iter().any(names_its_own)
}

/// Whether a sentence makes a cause of what a page tells without one.
pub(crate) fn makes_a_cause(sentence: &str, quoted: &str) -> bool {
    let (sentence, quoted) = (sentence.to_lowercase(), quoted.to_lowercase());
    CAUSES.iter().any(|word| sentence.contains(word))
        && !TOLD.iter().any(|word| quoted.contains(word))
}

fn folded(text: &str) -> String {
    fold_whitespace(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::evidence;

    #[test]
    fn what_is_said_of_another_is_not_of_what_was_asked() {
        let (mut all, _) = evidence(&["女神响尾蛇分布于墨西哥西部。", "双眼细小并显得晦暗。"]);
        all[0].hit.document.title = "女神响尾蛇".to_owned();
        all[1].hit.document.title = "红腹锉尾蛇".to_owned();
        let hits = [&all[0].hit, &all[1].hit];
        let check = |sentence: &str, quoted: usize, expected: bool| {
            let found =
                is_of_another("女神响尾蛇分布在哪些地区？", sentence, &[hits[quoted]], &hits);
            assert_eq!(found, expected, "{sentence}");
        };
        check("双眼细小并显得晦暗。", 1, true);
        check("红腹锉尾蛇的双眼细小并显得晦暗。", 1, false);
        check("分布于墨西哥西部。", 0, false);
    }

    #[test]
    fn a_cause_has_to_be_told_as_one() {
        assert!(makes_a_cause("因为郑建率部退守广东。", "郑建率部退守广东，据守海面。"));
        assert!(!makes_a_cause("因为他们要躲避灾祸。", "二人为了躲避灾祸改姓。"));
        assert!(!makes_a_cause("Because it rained.", "It was put off due to rain."));
    }
}
