//! The years that a question speaks of, whichever calendar counts them: `FY22`, `Q4 2031`, 二〇二三年,
//! 民國112年 (Taiwan counts from 1912). Deliberately not here: days and months, which a page that is
//! about their year does not repeat.

use crate::numerals;
use regex::{Captures, Regex};
use std::sync::LazyLock;
use yinju_core::calendar::republic_years;

/// The year before the first of the Republic of China's calendar.
const BEFORE_REPUBLIC: u16 = 1911;

/// A year, and how a question writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// As written: `FY22`.
    pub written: String,
    /// Of the common era, 1000 to 2999.
    pub value: u16,
    /// Whether accounts are asked for, of that year or of a part of it: there is nothing to say where
    /// none are there. A year alone may be about anything that is told in other words.
    pub is_reported: bool,
}

impl Year {
    /// Whether a text has it, in either calendar and at any length.
    pub fn stands_in(&self, text: &str) -> bool {
        if republic_years(text).iter().any(|(_, year)| *year == self.value) {
            return true;
        }
        let chars: Vec<char> = text.chars().collect();
        let chinese: String =
            self.value.to_string().chars().filter_map(|c| numerals::chinese_of(c, '〇')).collect();
        let of_republic = self.value.checked_sub(BEFORE_REPUBLIC).filter(|year| *year > 0);
        let mut at = 0;
        while at < chars.len() {
            let digits: String = chars[at..].iter().take_while(|c| c.is_ascii_digit()).collect();
            let end = at + digits.len().max(1);
            let before = at.checked_sub(1).map(|at| chars[at]);
            let is_short = before.is_some_and(|c| "'’yYqQ".contains(c));
            let is_it = match digits.len() {
                4 => digits == self.value.to_string(),
                2 if is_short => digits.parse() == Ok(self.value % 100),
                1..=3 => {
                    chars.get(end).is_some_and(|c| *c == '年') && digits.parse().ok() == of_republic
                }
                // `Q22023`
                5 if before.is_some_and(|c| "qQ".contains(c)) => {
                    digits.ends_with(&self.value.to_string())
                }
                _ => false,
            };
            if is_it {
                return true;
            }
            at = end;
        }
        let folded = text.replace(['零', '○'], "〇");
        folded.contains(&chinese)
    }
}

type Reader = fn(&Captures<'_>) -> Option<u16>;

/// The years of a question, in its order, each once.
pub fn years(question: &str) -> Vec<Year> {
    static PATTERNS: LazyLock<Vec<(Regex, bool, Reader)>> = LazyLock::new(|| {
        let patterns: [(&str, bool, Reader); 4] = [
            (
                r"(?i)\b(?:FY|CY|fiscal(?: year)?|financial year)\s*['’]?([0-9]{4}|[0-9]{2})\b",
                true,
                short,
            ),
            (
                r"(?i)\b(?:Q[1-4]|[1-4]Q|H[12]|[12]H)\s*(?:of |FY|CY)?\s*['’]?([0-9]{4}|[0-9]{2})\b",
                true,
                short,
            ),
            (r"(?i)\b([0-9]{4})\s*[- ]?\s*(?:[QH][1-4]|[1-4][QH])\b", true, short),
            (r"((?:1[0-9]|20)[0-9]{2}|[一二][一二三四五六七八九〇零○]{3})", false, common),
        ];
        let compiled = |(pattern, is_reported, read): (&str, bool, Reader)| {
            (Regex::new(pattern).expect("the patterns are tried by the tests"), is_reported, read)
        };
        patterns.into_iter().map(compiled).collect()
    });
    let of_republic = republic_years(question).into_iter().map(|(at, value)| {
        let is_reported = question[at.end..].starts_with('度');
        (at.start, Year { written: question[at].to_owned(), value, is_reported })
    });
    let mut found: Vec<(usize, Year)> = of_republic.collect();
    for (pattern, is_reported, read) in PATTERNS.iter() {
        for captures in pattern.captures_iter(question) {
            let (Some(whole), Some(value)) = (captures.get(0), read(&captures)) else { continue };
            let (text, around) = (whole.as_str(), &question[whole.end()..]);
            let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            // A row of digits that is longer, or a decimal, is no year.
            let is_longer = goes_on(around.chars().next())
                || question[..whole.start()].ends_with(|c: char| c.is_ascii_digit() || c == '.');
            let is_known = found.iter().any(|(at, known)| {
                known.value == value
                    || (*at < whole.end() && whole.start() < at + known.written.len())
            });
            let is_bare = whole.len() == captures.get(1).map_or(0, |m| m.len());
            let is_amount = is_bare && !is_dated(&question[..whole.start()], around);
            if is_longer || is_known || is_amount {
                continue;
            }
            let is_reported = *is_reported || around.trim_start().starts_with("年度");
            let written = text.trim_matches(|c: char| c == ' ').to_owned();
            found.push((whole.start(), Year { written, value, is_reported }));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, year)| year).collect()
}

/// Whether a bare number is a year by what stands around it: `in 2030?`, 2030年; and not `1500 euros`, 1500元,
/// "port 1080", of which no document need tell to answer.
fn is_dated(before: &str, after: &str) -> bool {
    const BEFORE: [&str; 14] = [
        "in", "since", "during", "until", "year", "before", "after", "for", "of", "from", "to",
        "and", "between", "by",
    ];
    const AFTER: [&str; 18] = [
        "and", "or", "to", "by", "than", "compared", "show", "was", "were", "is", "did", "does",
        "has", "have", "had", "from", "as", "when",
    ];
    let after = after.trim_start();
    if after.starts_with('年') {
        return true;
    }
    let is_word = |c: char| c.is_alphanumeric();
    let last = before.trim_end().rsplit(|c: char| !is_word(c)).next().unwrap_or_default();
    let next = after.split(|c: char| !is_word(c)).next().unwrap_or_default();
    let ends = after.is_empty() || after.starts_with(['.', ',', ';', ':', '?', '!', ')']);
    BEFORE.contains(&last.to_lowercase().as_str()) && (ends || AFTER.contains(&next))
}

fn number(captures: &Captures<'_>) -> Option<u16> {
    numerals::number(captures.get(1)?.as_str())?.try_into().ok()
}

fn common(captures: &Captures<'_>) -> Option<u16> {
    number(captures).filter(|year| (1000..3000).contains(year))
}

/// `22` is 2022, `97` is 1997.
fn short(captures: &Captures<'_>) -> Option<u16> {
    let year = number(captures)?;
    match year {
        0..=69 => Some(2000 + year),
        70..=99 => Some(1900 + year),
        _ => (1900..3000).contains(&year).then_some(year),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(question: &str, expected: &[(u16, bool)]) {
        let found: Vec<(u16, bool)> =
            years(question).iter().map(|year| (year.value, year.is_reported)).collect();
        assert_eq!(found, expected, "{question}");
    }

    #[test]
    fn years_are_read_in_either_calendar() {
        check("Does Netflix's balance sheet for FY2030 show it?", &[(2030, true)]);
        check("What fell most in Q22023 and in FY22?", &[(2023, true), (2022, true)]);
        check("Segment revenue in 2021 Q1 and Q4 2031", &[(2021, true), (2031, true)]);
        check("3 year average of FY2017 - FY2019", &[(2017, true), (2019, true)]);
        check("How large was fiscal year 2019 capex?", &[(2019, true)]);
        check("Who built the bridge in 1932?", &[(1932, false)]);
        check("中華民國112年12月31日的稅前淨利是多少？", &[(2023, false)]);
        check("民国一一二年的收入？", &[(2023, false)]);
        check("112年度合併營收", &[(2023, true)]);
        check("公司2024年度营业收入是多少？", &[(2024, true)]);
        check("二〇二三年发生了什么？", &[(2023, false)]);
        check("Which unit has serial number 20231 or 12.2023?", &[]);
        check("How long is the warranty of model 300?", &[]);
        for question in [
            "May I claim 1500 euros for a hotel?",
            "出差花了1500元能报销吗？",
            "How do I open port 1080?",
            "Does it print for 2000 pages?",
            "Office 2019 setup",
        ] {
            check(question, &[]);
        }
        check("How did sales change between 2020 and 2021?", &[(2020, false), (2021, false)]);
    }

    #[test]
    fn a_year_stands_where_it_is_written_in_any_way() {
        let of = |question: &str| years(question).remove(0);
        for text in
            ["At December 31, 2022 and 2021", "FY22 results", "Q2’22", "民國111年", "二〇二二年"]
        {
            assert!(of("FY2022").stands_in(text), "{text}");
        }
        for text in ["12022", "22 million", "111 units", "2,0220", "20222"] {
            assert!(!of("FY2022").stands_in(text), "{text}");
        }
        assert!(of("民國112年").stands_in("截至2023年12月31日"));
    }
}
