//! Years of the calendar of the Republic of China, which Taiwan's papers count by: 民國112年 is 2023.
//! Deliberately not here: other calendars, which date no report that was seen.

use std::ops::Range;

/// The year before the first.
const BEFORE_FIRST: u16 = 1911;
/// Years that are written without 民國, as reports do (`112年度`, `112年12月31日`): 1991 to 2050. Smaller
/// numbers count years that pass.
const BARE: Range<u16> = 80..140;

/// The years that a text counts so, each with where it stands, in bytes, and its year of the common
/// era. Numbers in Arabic or Chinese digits, after 民國 (民国), or before 年度 or a month.
pub fn republic_years(text: &str) -> Vec<(Range<usize>, u16)> {
    let ends = text.match_indices('年').map(|(at, _)| at);
    ends.filter_map(|end| {
        let (from, number) = number_before(text, end)?;
        let before = text[..from].trim_end();
        let era = ["民國", "民国"].into_iter().find(|era| before.ends_with(*era));
        let after = &text[end + '年'.len_utf8()..];
        let month = after.trim_start().trim_start_matches(|c: char| c.is_ascii_digit());
        let is_dated = after.starts_with('度')
            || (month.len() < after.trim_start().len() && month.trim_start().starts_with('月'));
        if era.is_none() && !(is_dated && BARE.contains(&number)) {
            return None;
        }
        let start = era.map_or(from, |era| before.len() - era.len());
        Some((start..end + '年'.len_utf8(), number + BEFORE_FIRST))
    })
    .collect()
}

/// The number that ends at a place, of at most three digits, and where it begins.
fn number_before(text: &str, end: usize) -> Option<(usize, u16)> {
    let head = text[..end].trim_end();
    let kept = |c: &char| c.is_ascii_digit() || CHINESE.contains(*c) || "〇十百".contains(*c);
    let written: Vec<char> = head.chars().rev().take_while(kept).collect();
    let written: String = written.into_iter().rev().collect();
    let number = read(&written)?;
    ((1..=200).contains(&number)).then(|| (head.len() - written.len(), number))
}

/// The digits, each at the place of its value.
const CHINESE: &str = "零一二三四五六七八九";

/// `112`, 一一二 and 一百一十二.
fn read(written: &str) -> Option<u16> {
    let (mut total, mut last) = (0u16, None);
    for c in written.chars() {
        let unit = match c {
            '十' => Some(10),
            '百' => Some(100),
            _ => None,
        };
        if let Some(unit) = unit {
            total = total.checked_add(last.take().unwrap_or(1u16).checked_mul(unit)?)?;
            continue;
        }
        let chinese = CHINESE.chars().position(|digit| digit == c).map(|at| at as u32);
        let digit = c.to_digit(10).or(chinese).or((c == '〇').then_some(0))? as u16;
        last = Some(last.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
    }
    (!written.is_empty()).then(|| total.checked_add(last.unwrap_or(0)))?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, u16)]) {
        let found: Vec<(&str, u16)> =
            republic_years(text).into_iter().map(|(at, year)| (&text[at], year)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn taiwan_counts_from_1912() {
        check("中華民國112年12月31日", &[("民國112年", 2023)]);
        check("民国 一百一十二 年", &[("民国 一百一十二 年", 2023)]);
        check("民國九十九年及一○○年", &[("民國九十九年", 2010)]);
        check("112年度及 111 年度", &[("112年", 2023), ("111 年", 2022)]);
        check("113 年 3 月", &[("113 年", 2024)]);
    }

    #[test]
    fn other_years_are_none() {
        for text in ["2023年12月31日", "100年来", "为期 30 年", "5年度计划", "年", "12023年度"]
        {
            check(text, &[]);
        }
    }
}
