//! How citation markers are written, by us and by language models: `[1]`, `【1】`, `［1］`, `[1, 2]`,
//! `（[1]）`, `[^1]`, `[资料1]`, `[Source 1]`. Deliberately not here: what a marker points at.

/// Longer things in brackets are not markers; also how much is held back at most while streaming.
const LONGEST: usize = 32;

const LABELS: [&str; 9] =
    ["^", "资料", "来源", "证据", "引用", "source", "passage", "evidence", "ref"];

/// What stands at the start of some characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A marker of so many characters that names these numbers.
    Marker { len: usize, numbers: Vec<u32> },
    /// The start of what may become a marker.
    Unfinished,
    /// Something else.
    Text,
}

/// Reads a marker from the start.
pub(crate) fn read(chars: &[char]) -> Reading {
    let wrapped = matches!(chars.first(), Some('（' | '('));
    let inner = &chars[usize::from(wrapped).min(chars.len())..];
    match read_brackets(inner) {
        Reading::Marker { len, numbers } if wrapped => close_wrapper(chars, len + 1, numbers),
        Reading::Unfinished if wrapped && inner.len() > LONGEST => Reading::Text,
        other => other,
    }
}

/// `（[1][2]）`: the brackets around markers go with them, if they hold nothing else.
fn close_wrapper(chars: &[char], mut at: usize, mut numbers: Vec<u32>) -> Reading {
    loop {
        match chars.get(at) {
            None => return Reading::Unfinished,
            Some('）' | ')') => return Reading::Marker { len: at + 1, numbers },
            Some(' ' | ',' | '，' | '、') => at += 1,
            Some(_) => match read_brackets(&chars[at..]) {
                Reading::Marker { len, numbers: more } if at < LONGEST => {
                    at += len;
                    numbers.extend(more);
                }
                Reading::Unfinished if at < LONGEST => return Reading::Unfinished,
                _ => return Reading::Text,
            },
        }
    }
}

fn read_brackets(chars: &[char]) -> Reading {
    match chars.first() {
        None => return Reading::Unfinished,
        Some('[' | '【' | '［') => {}
        Some(_) => return Reading::Text,
    }
    let Some(close) = chars.iter().take(LONGEST).position(|c| matches!(c, ']' | '】' | '］'))
    else {
        let possible = chars.len() < LONGEST && could_be_numbers(&chars[1..]);
        return if possible { Reading::Unfinished } else { Reading::Text };
    };
    let content: String = chars[1..close].iter().collect();
    match numbers(&content) {
        Some(numbers) => Reading::Marker { len: close + 1, numbers },
        None => Reading::Text,
    }
}

/// Whether more characters could make this the inside of a marker.
fn could_be_numbers(chars: &[char]) -> bool {
    let content: String = chars.iter().collect::<String>().to_lowercase();
    let rest = content.trim_start_matches(' ');
    LABELS.iter().any(|label| label.starts_with(rest)) || unlabelled(rest).chars().all(is_list_char)
}

fn unlabelled(content: &str) -> &str {
    let stripped = LABELS.iter().find_map(|label| content.strip_prefix(label));
    stripped.unwrap_or(content).trim_start_matches([' ', ':', '：', '#'])
}

fn is_list_char(c: char) -> bool {
    to_digit(c).is_some() || matches!(c, ' ' | ',' | '，' | '、' | ';' | '；' | '-' | '–' | '~')
}

fn to_digit(c: char) -> Option<u32> {
    c.to_digit(10).or_else(|| ('０'..='９').contains(&c).then(|| u32::from(c) - u32::from('０')))
}

/// The numbers of `1, 2`, `1-3` or `来源 1`; `None` where anything else stands there.
fn numbers(content: &str) -> Option<Vec<u32>> {
    let lower = content.trim_matches(' ').to_lowercase();
    let list = unlabelled(&lower);
    if list.is_empty() || !list.chars().all(is_list_char) {
        return None;
    }
    let mut found = Vec::new();
    for part in list.split([' ', ',', '，', '、', ';', '；']).filter(|part| !part.is_empty()) {
        found.extend(range(part)?);
    }
    (!found.is_empty()).then_some(found)
}

/// `2` or `2-4`; a long range is its two ends, so that `[1-4000000000]` costs nothing.
fn range(part: &str) -> Option<Vec<u32>> {
    let mut ends = part.split(['-', '–', '~']).map(number);
    let first = ends.next()??;
    let Some(last) = ends.next() else { return Some(vec![first]) };
    let last = last?;
    if ends.next().is_some() {
        return None;
    }
    Some(if last > first && last - first < 16 {
        (first..=last).collect()
    } else {
        vec![first, last]
    })
}

fn number(digits: &str) -> Option<u32> {
    let fold = |value: u32, c| Some(value.saturating_mul(10).saturating_add(to_digit(c)?));
    if digits.is_empty() { None } else { digits.chars().try_fold(0, fold) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[u32]) {
        let chars: Vec<char> = text.chars().collect();
        let Reading::Marker { len, numbers } = read(&chars) else { panic!("{text}") };
        assert_eq!((len, &numbers[..]), (chars.len(), expected), "{text}");
    }

    #[test]
    fn all_the_ways_models_write_them() {
        check("[1]", &[1]);
        check("【２】", &[2]);
        check("[1, 2]", &[1, 2]);
        check("[1-3]", &[1, 2, 3]);
        check("（[1]）", &[1]);
        check("([1][2])", &[1, 2]);
        check("[^1]", &[1]);
        check("[资料 3]", &[3]);
        check("[Source 3]", &[3]);
        check("[99999999999999]", &[u32::MAX]);
        check("[1-4000000000]", &[1, 4_000_000_000]);
    }

    #[test]
    fn brackets_with_words_are_text() {
        for text in ["[a]", "[]", "[1a]", "（见图）", "[ , ]", "x[1]", "[1-2-3]"] {
            assert_eq!(read(&text.chars().collect::<Vec<_>>()), Reading::Text, "{text}");
        }
    }

    #[test]
    fn what_may_become_a_marker_is_unfinished() {
        for text in ["[", "[1", "[1,", "（", "（[1]", "[so", "[来源"] {
            assert_eq!(read(&text.chars().collect::<Vec<_>>()), Reading::Unfinished, "{text}");
        }
    }
}
