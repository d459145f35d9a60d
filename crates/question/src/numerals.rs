//! Numbers as they are written in headings: digits, Chinese and Roman numerals.

/// The number a text is, if it is one.
pub fn number(text: &str) -> Option<u32> {
    digits(text).or_else(|| chinese(text)).or_else(|| roman(text))
}

fn digits(text: &str) -> Option<u32> {
    let value = |c: char| c.to_digit(10).or_else(|| wide(c));
    let mut number = 0u32;
    for c in text.chars() {
        number = number.checked_mul(10)?.checked_add(value(c)?)?;
    }
    (!text.is_empty()).then_some(number)
}

/// Full-width digits.
fn wide(c: char) -> Option<u32> {
    ('０'..='９').contains(&c).then(|| u32::from(c) - u32::from('０'))
}

/// 一 to 九百九十九; a row of digits as 二〇二三 too.
fn chinese(text: &str) -> Option<u32> {
    let (mut total, mut last, mut has_unit) = (0u32, None, false);
    for c in text.chars() {
        if let Some(unit) = match c {
            '十' => Some(10),
            '百' => Some(100),
            _ => None,
        } {
            total += last.take().unwrap_or(1) * unit;
            has_unit = true;
        } else {
            let digit = chinese_digit(c)?;
            last = Some(if has_unit { digit } else { last.unwrap_or(0) * 10 + digit });
        }
    }
    let number = total.checked_add(last.unwrap_or(0))?;
    (!text.is_empty() && text.chars().count() <= 6).then_some(number)
}

fn chinese_digit(c: char) -> Option<u32> {
    let place = "零一二三四五六七八九".chars().position(|digit| digit == c);
    match c {
        '〇' => Some(0),
        '两' | '兩' => Some(2),
        _ => place.map(|place| place as u32),
    }
}

/// A digit in Chinese, with the zero that is asked for: 〇 of years, 零 of amounts.
pub(crate) fn chinese_of(digit: char, zero: char) -> Option<char> {
    let value = digit.to_digit(10)? as usize;
    if value == 0 { Some(zero) } else { "零一二三四五六七八九".chars().nth(value) }
}

/// Lower or upper case, to 399.
fn roman(text: &str) -> Option<u32> {
    let value = |c: char| match c.to_ascii_lowercase() {
        'i' => Some(1),
        'v' => Some(5),
        'x' => Some(10),
        'l' => Some(50),
        'c' => Some(100),
        _ => None,
    };
    let values: Vec<i64> = text.chars().map(value).collect::<Option<_>>()?;
    let signed = values.iter().enumerate().map(|(place, value)| {
        let is_taken = values.get(place + 1).is_some_and(|next| next > value);
        if is_taken { -value } else { *value }
    });
    (!values.is_empty()).then(|| u32::try_from(signed.sum::<i64>()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<u32>) {
        assert_eq!(number(text), expected, "{text}");
    }

    #[test]
    fn numbers_in_every_writing() {
        check("12", Some(12));
        check("１２", Some(12));
        check("十", Some(10));
        check("十二", Some(12));
        check("二十", Some(20));
        check("一百零三", Some(103));
        check("二〇", Some(20));
        check("iv", Some(4));
        check("XII", Some(12));
        check("", None);
        check("abc", None);
        check("99999999999", None);
    }
}
