//! Questions that lean on the ones before: "and in 2021?", `那上海呢？`, "who wrote it?".
//!
//! A question that leans is put behind the ones it leans on: retrieval needs their words, not their
//! grammar. Where nothing leans, nothing is changed.

use regex::Regex;
use std::sync::LazyLock;
use yinju_core::Language;

/// How far back a chain of questions is followed.
const MOST_EARLIER: usize = 3;
/// A question of so few words or characters cannot stand alone.
const SHORT_WORDS: usize = 2;
const SHORT_CHARACTERS: usize = 5;

static LEANING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\s*(?:and|but|or|so|also|then|what\s+about|how\s+about|why\s+not|what\s+else)\b
        | \b(?:it|its|they|them|their|theirs|he|him|his|she|her|hers|this|these|those|the\s+(?:former|latter|same|other|second|first)\s+one|that\s+one)\b",
    )
    .expect("tried by the tests")
});
static LEANING_ZH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x)^\s*(?:那么?|还有|還有|然后|然後|另外|其次|再|而)
        | 呢\s*[？?]?\s*$
        | [它他她](?:们|們)? | 其(?:中|他的)?(?:作者|内容|原因|时间|地点|数量|规模|含义|定义|中)
        | 该(?:公司|文|书|书籍|法|项目|产品|报告|方法|模型|系统)
        | 这(?:个|些|种|位|家|篇|本|里|样)|這(?:個|些|種|位|家|篇|本|裡|樣)|那(?:个|些|种|位|家|篇|本|里|样)|那(?:個|種|裡|樣)
        | 前者|后者|後者|上述|上面",
    )
    .expect("tried by the tests")
});

/// The question with those before it that it leans on; `None` where it stands alone or is the
/// first. `earlier` has the oldest first.
pub fn standalone(question: &str, earlier: &[&str]) -> Option<String> {
    if !leans(question) || earlier.is_empty() {
        return None;
    }
    let mut parts = vec![question.trim()];
    for before in earlier.iter().rev().take(MOST_EARLIER) {
        parts.push(before.trim());
        if !leans(before) {
            break;
        }
    }
    parts.reverse();
    Some(parts.join(" "))
}

fn leans(question: &str) -> bool {
    match Language::of(question) {
        Language::Zh => {
            let letters = question.chars().filter(|c| c.is_alphanumeric()).count();
            letters <= SHORT_CHARACTERS || LEANING_ZH.is_match(question)
        }
        Language::En => {
            question.split_whitespace().count() <= SHORT_WORDS || LEANING.is_match(question)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: Option<&str>) {
        let earlier = ["What is the budget of the museum?", "北京有多少人口？"];
        assert_eq!(standalone(question, &earlier).as_deref(), expected, "{question}");
    }

    #[test]
    fn a_leaning_question_gets_the_one_before() {
        check("那上海呢？", Some("北京有多少人口？ 那上海呢？"));
        check("它的面积有多大？", Some("北京有多少人口？ 它的面积有多大？"));
        check("为什么？", Some("北京有多少人口？ 为什么？"));
        check("And how large is it?", Some("北京有多少人口？ And how large is it?"));
        check("Why?", Some("北京有多少人口？ Why?"));
    }

    #[test]
    fn a_question_that_stands_alone_stays_as_it_is() {
        check("天津港的吞吐量是多少？", None);
        check("Which gases make up the atmosphere of Mars?", None);
        assert_eq!(standalone("Why?", &[]), None);
    }

    #[test]
    fn a_chain_is_followed_to_the_question_that_stands_alone() {
        let earlier =
            ["Who wrote the report?", "What is the budget of the museum?", "And in 2021?"];
        assert_eq!(
            standalone("And in 2022?", &earlier).as_deref(),
            Some("What is the budget of the museum? And in 2021? And in 2022?")
        );
    }
}
