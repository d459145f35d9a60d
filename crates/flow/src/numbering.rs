//! The numbers that a reader sees before the points of a list or the headings of a contract, of which a
//! file has only the counting. Formats as in ECMA-376 17.18.59 (`ST_NumberFormat`) and HTML 4.4.5 (`type`).

/// How a number is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Decimal,
    /// `01` to `09`.
    DecimalZero,
    LowerLetter,
    UpperLetter,
    LowerRoman,
    UpperRoman,
    /// 一、二 … 十一.
    Chinese,
    /// 壹、贰.
    ChineseLegal,
    /// ①.
    Circled,
    /// 甲、乙.
    Stems,
    /// A bullet, or nothing.
    None,
}

impl Format {
    /// By Word's name; what is not known counts in digits.
    pub(crate) fn of_word(name: &str) -> Self {
        match name {
            "decimalZero" => Self::DecimalZero,
            "lowerLetter" => Self::LowerLetter,
            "upperLetter" => Self::UpperLetter,
            "lowerRoman" => Self::LowerRoman,
            "upperRoman" => Self::UpperRoman,
            "chineseCounting"
            | "chineseCountingThousand"
            | "ideographDigital"
            | "japaneseCounting"
            | "japaneseDigitalTenThousand"
            | "taiwaneseCounting"
            | "taiwaneseCountingThousand"
            | "koreanCounting" => Self::Chinese,
            "chineseLegalSimplified" | "japaneseLegal" | "ideographLegalTraditional" => {
                Self::ChineseLegal
            }
            "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => Self::Circled,
            "ideographTraditional" => Self::Stems,
            "bullet" | "none" => Self::None,
            _ => Self::Decimal,
        }
    }

    /// By HTML's `type`.
    pub(crate) fn of_html(name: &str) -> Self {
        match name {
            "a" => Self::LowerLetter,
            "A" => Self::UpperLetter,
            "i" => Self::LowerRoman,
            "I" => Self::UpperRoman,
            _ => Self::Decimal,
        }
    }

    /// A number as it is shown; what a format has no sign for, in digits.
    pub(crate) fn write(self, number: u32) -> String {
        let written = match self {
            Self::None => Some(String::new()),
            Self::Decimal => None,
            Self::DecimalZero => Some(format!("{number:02}")),
            Self::LowerLetter => letters(number).map(|text| text.to_lowercase()),
            Self::UpperLetter => letters(number),
            Self::LowerRoman => roman(number).map(|text| text.to_lowercase()),
            Self::UpperRoman => roman(number),
            Self::Chinese => chinese(number, "零一二三四五六七八九", ["十", "百", "千"]),
            Self::ChineseLegal => chinese(number, "零壹贰叁肆伍陆柒捌玖", ["拾", "佰", "仟"]),
            Self::Circled => (1..=20).contains(&number).then(|| sign('①', number)),
            Self::Stems => "甲乙丙丁戊己庚辛壬癸"
                .chars()
                .nth(number.wrapping_sub(1) as usize)
                .map(String::from),
        };
        written.unwrap_or_else(|| number.to_string())
    }
}

fn sign(first: char, number: u32) -> String {
    char::from_u32(first as u32 + number - 1).map(String::from).unwrap_or_default()
}

/// `a` to `z`, then `aa`, `bb` as Word does.
fn letters(number: u32) -> Option<String> {
    let place = number.checked_sub(1)?;
    let letter = char::from(b'A' + (place % 26) as u8);
    let count = place / 26 + 1;
    (count <= 4).then(|| String::from(letter).repeat(count as usize))
}

fn roman(number: u32) -> Option<String> {
    const SIGNS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&number) {
        return None;
    }
    let (mut rest, mut text) = (number, String::new());
    for (value, sign) in SIGNS {
        while rest >= value {
            text.push_str(sign);
            rest -= value;
        }
    }
    Some(text)
}

/// Up to 9,999: 十二, 一百零三, 二百一十.
fn chinese(number: u32, digits: &str, units: [&str; 3]) -> Option<String> {
    if number > 9_999 {
        return None;
    }
    let digit = |n: u32| digits.chars().nth(n as usize).map(String::from).unwrap_or_default();
    if number == 0 {
        return Some(digit(0));
    }
    let places = [number / 1000, number / 100 % 10, number / 10 % 10, number % 10];
    let (mut text, mut gap) = (String::new(), false);
    for (place, value) in places.into_iter().enumerate() {
        if value == 0 {
            gap = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push_str(&digit(0));
        }
        // Ten to nineteen begin with the ten.
        if !(place == 2 && value == 1 && text.is_empty() && units[0] == "十") {
            text.push_str(&digit(value));
        }
        text.push_str(if place < 3 { units[2 - place] } else { "" });
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_a_reader_sees_them() {
        for (format, number, expected) in [
            (Format::Decimal, 12, "12"),
            (Format::DecimalZero, 7, "07"),
            (Format::LowerLetter, 28, "bb"),
            (Format::UpperRoman, 1994, "MCMXCIV"),
            (Format::LowerRoman, 4, "iv"),
            (Format::Chinese, 6, "六"),
            (Format::Chinese, 10, "十"),
            (Format::Chinese, 12, "十二"),
            (Format::Chinese, 103, "一百零三"),
            (Format::Chinese, 210, "二百一十"),
            (Format::ChineseLegal, 12, "壹拾贰"),
            (Format::Circled, 3, "③"),
            (Format::Stems, 2, "乙"),
            (Format::None, 2, ""),
            (Format::UpperRoman, 4000, "4000"),
        ] {
            assert_eq!(format.write(number), expected, "{format:?} {number}");
        }
    }
}
