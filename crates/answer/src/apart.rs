//! Whether a sentence stands on the page as it is said, or is put together of words that stand there apart:
//! another clause's subject, the number next to the right one, one word more or less that turns it round.
//! What is so is not called wrong, since people say a thing in many ways, but it is not called borne out.
//!
//! Clauses are compared as the words and numbers in them. Deliberately not here: grammar and meaning; a
//! paraphrase in other words is told apart from a falsehood by nobody here.

use crate::numbers;
use crate::terms::is_function_character;
use rust_stemmers::{Algorithm, Stemmer};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use yinju_core::language::is_ideograph;

/// Words that only hold others together. Few: `may`, `most`, `before` and `not` decide what is said.
const BINDING: &str = " a an the of to in on at by for from with as and that which who whom whose this these those \
 there it its he him she her they them his their we our you your i is are was were be been being am do does did \
 has have had s t then also so 它 他 她 该 此 其 这 那 我 你 它们 他们 她们 我们 这个 那个 是 有 ";
/// After these another statement begins.
const JOINING: &str = " and but while whereas or 并 并且 而 而且 但 但是 同时 然后 且 ";

/// What a clause is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Number(String),
}

/// A stretch between two marks that part.
#[derive(Debug, Default)]
struct Clause {
    /// Which sentence of the text it is part of.
    sentence: usize,
    tokens: Vec<Token>,
}

impl Clause {
    fn words(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            Token::Number(_) => None,
        })
    }

    /// A Chinese word may have been cut otherwise here.
    fn says(&self, word: &str) -> bool {
        let is_chinese = |word: &str| word.chars().all(is_ideograph);
        let joined = || self.words().filter(|word| is_chinese(word)).collect::<String>();
        self.words().any(|own| own == word) || (is_chinese(word) && joined().contains(word))
    }

    fn numbers(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(|token| match token {
            Token::Number(value) => Some(value.as_str()),
            Token::Word(_) => None,
        })
    }
}

/// A text taken apart.
struct Taken {
    /// Without white space and case, for words that are cut otherwise.
    squeezed: String,
    words: BTreeSet<String>,
    clauses: Vec<Clause>,
}

impl Taken {
    fn of(text: &str) -> Self {
        let clauses = clauses(text);
        let words = clauses.iter().flat_map(|clause| clause.words().map(str::to_owned)).collect();
        Self { squeezed: squeezed(text), words, clauses }
    }

    fn says(&self, word: &str) -> bool {
        self.words.contains(word)
            || (word.chars().all(is_ideograph) && self.squeezed.contains(word))
    }
}

/// Whether a sentence is put together of what stands apart. What was asked may be spoken of where the
/// quotations do not name it, and what they are `about` (titles, headings) anywhere.
pub(crate) fn is_put_together(sentence: &str, quoted: &[&str], asked: &str, about: &str) -> bool {
    let page = Taken::of(&quoted.join("\n"));
    let (asked, about) = (Taken::of(asked), Taken::of(about));
    // What the page says of one thing is not said of another because somebody asked about that.
    let is_known = |word: &str| about.says(word) || (asked.says(word) && !page.says(word));
    clauses(sentence).iter().any(|clause| {
        clause.words().any(|word| !page.says(word) && !is_known(word))
            || stands_apart(clause, &page, &is_known)
            || skips(clause, &page)
    })
}

/// Words that stand on the page, but in no one clause with what its sentence begins with.
fn stands_apart(clause: &Clause, page: &Taken, is_known: &dyn Fn(&str) -> bool) -> bool {
    let holds = |at: usize| {
        let there = &page.clauses[at];
        let first = page.clauses.iter().find(|other| other.sentence == there.sentence);
        let before = at.checked_sub(1).map(|before| &page.clauses[before]);
        let near = || [Some(there), first].into_iter().flatten();
        let has_number = |value: &str| {
            let dates = before.filter(|before| before.sentence == there.sentence);
            near().chain(dates).any(|c| c.numbers().any(|n| n == value))
        };
        let has_word = |word: &str| is_known(word) || near().any(|clause| clause.says(word));
        // The clause that says one of the numbers is the one that is spoken of.
        let is_it = clause.numbers().next().is_none()
            || clause.numbers().any(|value| there.numbers().any(|n| n == value));
        is_it && clause.numbers().all(has_number) && clause.words().all(has_word)
    };
    !page.clauses.is_empty() && !(0..page.clauses.len()).any(holds)
}

/// Two numbers one after the other that on the page have others between them.
fn skips(clause: &Clause, page: &Taken) -> bool {
    let said: Vec<&str> = clause.numbers().collect();
    let there: Vec<&str> = page.clauses.iter().flat_map(Clause::numbers).collect();
    let is_beside = |one: &str, other: &str| {
        there.windows(2).any(|pair| {
            (pair[0] == one && pair[1] == other) || (pair[0] == other && pair[1] == one)
        })
    };
    said.windows(2).any(|pair| pair[0] != pair[1] && !is_beside(pair[0], pair[1]))
}

fn squeezed(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

fn clauses(text: &str) -> Vec<Clause> {
    let chars: Vec<char> = text.nfkc().collect();
    let mut reader = Reader { chars: &chars, at: 0, all: Vec::new(), clause: Clause::default() };
    reader.read();
    reader.all
}

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
    all: Vec<Clause>,
    clause: Clause,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(&c) = self.chars.get(self.at) {
            if let Some((value, len)) = self.number() {
                self.clause.tokens.push(Token::Number(value));
                self.at += len;
            } else if is_ideograph(c) {
                self.ideographs();
            } else if c.is_alphabetic() {
                self.word();
            } else {
                self.mark(c);
                self.at += 1;
            }
        }
        self.end();
    }

    /// A number with its sign.
    fn number(&self) -> Option<(String, usize)> {
        let rest = &self.chars[self.at..];
        let before = self.at.checked_sub(1).map(|at| self.chars[at]);
        if before.is_some_and(|c| c.is_ascii_alphanumeric()) {
            return None;
        }
        let sign = match rest {
            ['零', '下', ..] => 2,
            ['-' | '−' | '负', next, ..]
                if next.is_ascii_digit() && !before.is_some_and(char::is_alphanumeric) =>
            {
                1
            }
            _ => 0,
        };
        let digits = &rest[sign..];
        let found =
            numbers::arabic(digits).or_else(|| numbers::chinese(digits).filter(|n| n.strict))?;
        let value = if sign > 0 { format!("-{}", found.value) } else { found.value };
        Some((value, sign + found.len))
    }

    fn ideographs(&mut self) {
        let start = self.at;
        while self.chars.get(self.at).is_some_and(|c| is_ideograph(*c))
            && (self.at == start || self.number().is_none())
        {
            self.at += 1;
        }
        let run: String = self.chars[start..self.at].iter().collect();
        for word in yinju_lexicon::words(&run) {
            self.take(word.text);
        }
    }

    fn word(&mut self) {
        let rest = self.chars[self.at..].iter();
        let word: String = rest.take_while(|c| c.is_alphanumeric() && !is_ideograph(**c)).collect();
        self.at += word.chars().count();
        let lower = word.to_lowercase();
        self.take(&lower);
    }

    fn take(&mut self, word: &str) {
        let padded = format!(" {word} ");
        if JOINING.contains(&padded) {
            self.end();
        } else if word.chars().all(is_ideograph) {
            if !BINDING.contains(&padded) && !word.chars().all(is_function_character) {
                self.clause.tokens.push(Token::Word(word.to_owned()));
            }
        } else if !BINDING.contains(&padded) {
            let stem = Stemmer::create(Algorithm::English).stem(word).into_owned();
            self.clause.tokens.push(Token::Word(stem));
        }
    }

    fn mark(&mut self, c: char) {
        let next = self.chars.get(self.at + 1);
        let is_full = matches!(c, '。' | '！' | '？' | '!' | '?')
            || (c == '.' && next.is_none_or(|c| c.is_whitespace()));
        if is_full || matches!(c, '，' | '；' | ',' | ';' | ':' | '：') {
            self.end();
            self.clause.sentence += usize::from(is_full);
        }
    }

    fn end(&mut self) {
        let sentence = self.clause.sentence;
        let clause = std::mem::replace(&mut self.clause, Clause { sentence, tokens: Vec::new() });
        if !clause.tokens.is_empty() {
            self.all.push(clause);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(sentence: &str, quote: &str, expected: bool) {
        assert_eq!(is_put_together(sentence, &[quote], "", ""), expected, "{sentence} | {quote}");
    }

    #[test]
    fn what_is_said_as_it_stands_is_not_put_together() {
        let tea = "Let the tea stand for four hours at room temperature, then pour it through a sieve. Put the clear tea into the refrigerator overnight.";
        check("The tea stands for four hours at room temperature.", tea, false);
        check("The clear tea is put into the refrigerator overnight.", tea, false);
        check("The refrigerator stands for four hours at room temperature.", tea, true);
        let sales = "北区销售额为640万元，南区为460万元，另有库存价值90万元。";
        check("北区销售额为640万元。", sales, false);
        check("南区销售额为460万元。", sales, false);
        check("南区销售额为640万元。", sales, true);
    }

    #[test]
    fn one_word_may_turn_it_round() {
        check("Costs rose by 3.5 percent.", "Costs fell by 3.5 percent.", true);
        check("The landlord must raise the rent.", "The landlord may raise the rent.", true);
        check("All of the wells are dry.", "Most of the wells are dry.", true);
        check("出租人必须调整租金。", "出租人可以调整租金。", true);
        check("It was 14 °C in January.", "It was -14 °C in January.", true);
        check("一月平均气温为14摄氏度。", "一月平均气温为零下14摄氏度。", true);
    }

    #[test]
    fn numbers_keep_their_neighbours() {
        let quote = "Revenue rose from 1.62 billion euros in 2020 to 1.8 billion euros in 2021.";
        check("Revenue rose to 1.8 billion euros in 2021.", quote, false);
        check("Revenue rose to 1.8 billion euros in 2020.", quote, false);
        let quote = "营业收入由2019年的15.2亿元增至2020年的18亿元。";
        check("2020年营业收入增至18亿元。", quote, false);
        check("2019年营业收入增至18亿元。", quote, true);
    }

    #[test]
    fn what_is_asked_may_be_spoken_of() {
        let is_doubted = |sentence: &str, quote: &str, asked: &str, about: &str| {
            is_put_together(sentence, &[quote], asked, about)
        };
        let (sentence, quote) = ("The ferry was opened in 1871.", "It was opened in 1871.");
        assert!(is_doubted(sentence, quote, "", ""));
        assert!(!is_doubted(sentence, quote, "When was the ferry opened?", ""));
        assert!(!is_doubted(sentence, quote, "", "The ferry of Whitesand"));
        let (sentence, quote) = ("南区销售额为640万元。", "北区销售额为640万元，南区为460万元。");
        assert!(is_doubted(sentence, quote, "南区销售额是多少？", ""));
    }
}
