//! A library's own words: names no dictionary knows, and what else the same thing is called. A line for
//! each, names of one thing parted by `=`: `和义堂`, `LLM = large language model = 大语言模型`.
//!
//! Deliberately not here: where the list is kept, and what a word is worth in a search.

use yinju_core::ports::OwnWord;

/// The longest name, in characters; a longer one is no word.
const LONGEST: usize = 60;

/// The words of one or more libraries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WordList {
    /// Names of one thing each; never empty.
    groups: Vec<Vec<String>>,
}

impl WordList {
    /// Reads a list. Empty lines and lines that begin with `#` say nothing.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let groups = lines.map(names).filter(|names| !names.is_empty());
        Self { groups: groups.collect() }
    }

    /// The words that stand in a question, each with what else it is called.
    pub fn in_question(&self, question: &str) -> Vec<OwnWord> {
        let asked = question.to_lowercase();
        let mut found = Vec::new();
        for group in &self.groups {
            if let Some(named) = group.iter().find(|name| stands_in(name, &asked)) {
                let same = group.iter().filter(|name| *name != named).cloned().collect();
                found.push(OwnWord { text: named.clone(), same });
            }
        }
        found
    }
}

fn names(line: &str) -> Vec<String> {
    let parts = line.split(['=', '＝']).map(str::trim);
    let is_name =
        |name: &&str| name.contains(char::is_alphanumeric) && name.chars().count() <= LONGEST;
    parts.filter(is_name).map(str::to_owned).collect()
}

/// Whether a name stands in a text of small letters; one in Latin letters not as part of a word.
fn stands_in(name: &str, text: &str) -> bool {
    let name = name.to_lowercase();
    let is_part = |c: Option<char>, edge: Option<char>| {
        c.is_some_and(|c| c.is_ascii_alphanumeric())
            && edge.is_some_and(|c| c.is_ascii_alphanumeric())
    };
    text.match_indices(&name).any(|(at, _)| {
        let (before, after) =
            (text[..at].chars().next_back(), text[at + name.len()..].chars().next());
        !is_part(before, name.chars().next()) && !is_part(after, name.chars().next_back())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_question_come_with_their_other_names() {
        let list =
            WordList::parse("# ours\n和义堂\n\nLLM = large language model＝大语言模型\n= =\n");
        let found = list.in_question("什么是大语言模型？");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "大语言模型");
        assert_eq!(found[0].same, ["LLM", "large language model"]);
        assert_eq!(list.in_question("和义堂在哪里").len(), 1);
        assert_eq!(list.in_question("How large is an llm?").len(), 1);
        assert!(list.in_question("What about LLMs and hallmarks?").is_empty());
    }

    #[test]
    fn what_is_no_word_is_left_out() {
        assert_eq!(WordList::parse(&"长".repeat(61)), WordList::default());
        assert_eq!(WordList::parse("。\n=\n"), WordList::default());
    }
}
