//! Numbers as values, so that `20`, `２０`, `二十` and `twenty` are the same and `2008` is not `2009`.
//! Deliberately not here: units and arithmetic; a number counts as said or not said.

/// A number read from the start of some characters.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Number {
    /// The value in one canonical spelling.
    pub value: String,
    /// How many characters it took.
    pub len: usize,
    /// Whether a claim that holds it must find it in its evidence. Not so for Chinese numerals that
    /// are as often part of a word (`一个`, `千万`).
    pub strict: bool,
}

/// The number in Arabic digits at the start, with grouping commas, a decimal part and a following
/// multiplier (`1.5万`, `3 million`).
pub(crate) fn arabic(chars: &[char]) -> Option<Number> {
    let mut len = digits(chars);
    if len == 0 {
        return None;
    }
    let grouped = len <= 3;
    let mut text: String = chars[..len].iter().collect();
    while let Some(&mark) = chars.get(len) {
        let run = digits(&chars[len + 1..]);
        match mark {
            ',' if grouped && run == 3 => {}
            '.' if run > 0 => text.push('.'),
            _ => break,
        }
        text.extend(&chars[len + 1..=len + run]);
        len += 1 + run;
    }
    let (factor, extra) = multiplier(&chars[len..]);
    Some(Number { value: canonical(&text, factor), len: len + extra, strict: true })
}

fn digits(chars: &[char]) -> usize {
    chars.iter().take_while(|c| c.is_ascii_digit()).count()
}

fn multiplier(rest: &[char]) -> (f64, usize) {
    match rest.first() {
        Some('万' | '萬') => (1e4, 1),
        Some('亿' | '億') => (1e8, 1),
        Some(' ') => {
            let word: String = rest[1..].iter().take_while(|c| c.is_alphabetic()).collect();
            let factor = match word.to_lowercase().as_str() {
                "thousand" => 1e3,
                "million" => 1e6,
                "billion" => 1e9,
                _ => return (1.0, 0),
            };
            (factor, 1 + word.chars().count())
        }
        _ => (1.0, 0),
    }
}

/// Longer numbers, version numbers and those that begin with a zero are names: they are compared as
/// they are written. Project 004 is not the fourth, and no count of four.
fn canonical(text: &str, factor: f64) -> String {
    let padded = text.len() > 1 && text.starts_with('0') && !text.starts_with("0.");
    let plain = text.len() <= 15 && text.matches('.').count() <= 1 && !padded;
    match text.parse::<f64>() {
        Ok(value) if plain => format!("{}", (value * factor * 1e6).round() / 1e6),
        _ => text.to_owned(),
    }
}

/// The number in Chinese numerals at the start: `二十`, `一千二百`, `二〇〇八`.
pub(crate) fn chinese(chars: &[char]) -> Option<Number> {
    let len = chars.iter().take_while(|c| digit(**c).is_some() || unit(**c).is_some()).count();
    let run = &chars[..len];
    let first = *run.first()?;
    let has_unit = run.iter().any(|c| unit(*c).is_some());
    let value = if has_unit { positional(run)? } else { spelled(run)? };
    let starts_well = digit(first).is_some_and(|d| d > 0) || first == '十';
    let strict = starts_well && if has_unit { len >= 2 } else { len >= 3 };
    Some(Number { value: value.to_string(), len, strict })
}

fn digit(c: char) -> Option<u64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' | '兩' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

fn unit(c: char) -> Option<u64> {
    Some(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' | '萬' => 10_000,
        '亿' | '億' => 100_000_000,
        _ => return None,
    })
}

fn spelled(run: &[char]) -> Option<u64> {
    run.iter().try_fold(0u64, |value, c| value.checked_mul(10)?.checked_add(digit(*c)?))
}

/// Digits before each unit; `万` and `亿` multiply what stands before them since the last of them.
fn positional(run: &[char]) -> Option<u64> {
    let (mut total, mut section, mut pending) = (0u64, 0u64, None);
    for c in run {
        if let Some(d) = digit(*c) {
            if pending.is_some_and(|p| p > 0) {
                return None;
            }
            pending = Some(d);
        } else if let Some(u) = unit(*c).filter(|u| *u < 10_000) {
            section = section.checked_add(pending.take().unwrap_or(1).checked_mul(u)?)?;
        } else {
            let before = section.checked_add(pending.take().unwrap_or(0))?.max(1);
            total = total.checked_add(before.checked_mul(unit(*c)?)?)?;
            section = 0;
        }
    }
    total.checked_add(section)?.checked_add(pending.unwrap_or(0))
}

/// The value of an English number word.
pub(crate) fn english(word: &str) -> Option<&'static str> {
    Some(match word {
        "one" | "once" | "first" => "1",
        "two" | "twice" | "second" => "2",
        "three" | "third" => "3",
        "four" | "fourth" => "4",
        "five" | "fifth" => "5",
        "six" | "sixth" => "6",
        "seven" | "seventh" => "7",
        "eight" | "eighth" => "8",
        "nine" | "ninth" => "9",
        "ten" | "tenth" => "10",
        "eleven" => "11",
        "twelve" => "12",
        "fifteen" => "15",
        "twenty" => "20",
        "thirty" => "30",
        "forty" => "40",
        "fifty" => "50",
        "sixty" => "60",
        "hundred" => "100",
        "thousand" => "1000",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        let chars: Vec<char> = text.chars().collect();
        arabic(&chars).or_else(|| chinese(&chars)).map(|n| n.value)
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(value(text).as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn one_value_for_every_spelling() {
        check("1,234.50 m", "1234.5");
        check("20张", "20");
        check("二十张", "20");
        check("十一", "11");
        check("一千二百零三", "1203");
        check("三亿五千万", "350000000");
        check("1.5万", "15000");
        check("3 million", "3000000");
        check("二〇〇八年", "2008");
        check("007", "007");
        check("0.50", "0.5");
        check("1.2.3", "1.2.3");
    }

    #[test]
    fn lists_of_years_are_not_thousands() {
        check("2008,200 ", "2008");
    }

    #[test]
    fn everyday_words_are_not_strict() {
        for word in ["一个", "千万", "万一", "两", "三四"] {
            let number = chinese(&word.chars().collect::<Vec<_>>());
            assert!(number.is_none_or(|n| !n.strict), "{word}");
        }
    }

    #[test]
    fn absurd_numbers_do_not_overflow() {
        assert!(chinese(&"九".repeat(40).chars().collect::<Vec<_>>()).is_none());
        let long = "9".repeat(400);
        check(&long, &long);
        assert!(chinese(&"亿".repeat(40).chars().collect::<Vec<_>>()).is_none_or(|n| !n.strict));
    }
}
