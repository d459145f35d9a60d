//! The numbers that a reader sees before the points of a list or the headings of a contract, of which a
//! file has only the counting. Formats as in ECMA-376 17.18.59 (`ST_NumberFormat`) and HTML 4.4.5 (`type`).

/// How a number is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    #[default]
    Decimal,
    /// `01` to `09`.
    DecimalZero,
    /// `001`: so many digits at least.
    Padded(u8),
    FullWidth,
    /// `- 1 -`.
    InDash,
    Hexadecimal,
    LowerLetter,
    UpperLetter,
    LowerRoman,
    UpperRoman,
    /// `1st`.
    Ordinal,
    /// `One`.
    CardinalText,
    /// `First`.
    OrdinalText,
    /// 一、二 … 十一.
    Chinese,
    /// 一〇: digit by digit.
    ChineseDigits,
    /// 壹、贰.
    ChineseLegal,
    /// 壹、貳.
    TraditionalLegal,
    /// 壱、弐.
    JapaneseLegal,
    /// 일, 이 … 십일.
    Korean,
    /// 일영: digit by digit.
    KoreanDigits,
    /// ①.
    Circled,
    /// ⑴.
    InParentheses,
    /// ⒈.
    WithStop,
    /// One of a row of signs, as 甲、乙: [`Signs`].
    Signs(Signs),
    /// A bullet.
    Bullet,
    /// Nothing.
    None,
}

/// Rows of signs by which is counted; after the last one it goes on in digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signs {
    /// The ten stems.
    Stems,
    /// The twelve branches.
    Branches,
    /// Korean syllables.
    Ganada,
    /// Korean consonants.
    Chosung,
    /// Katakana by sound,
    Aiueo,
    /// and of half the width.
    HalfAiueo,
    /// Katakana in the order of the poem,
    Iroha,
    /// and of half the width.
    HalfIroha,
    RussianLower,
    RussianUpper,
}

impl Signs {
    fn all(self) -> &'static str {
        match self {
            Self::Stems => "甲乙丙丁戊己庚辛壬癸",
            Self::Branches => "子丑寅卯辰巳午未申酉戌亥",
            Self::Ganada => "가나다라마바사아자차카타파하",
            Self::Chosung => "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
            Self::Aiueo => {
                "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
            }
            Self::HalfAiueo => "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ",
            Self::HalfIroha => "ｲﾛﾊﾆﾎﾍﾄﾁﾘﾇﾙｦﾜｶﾖﾀﾚｿﾂﾈﾅﾗﾑｳﾉｵｸﾔﾏｹﾌｺｴﾃｱｻｷﾕﾒﾐｼﾋﾓｾｽﾝ",
            Self::Iroha => {
                "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
            }
            Self::RussianLower => "абвгдежзиклмнопрстуфхцчшщыэюя",
            Self::RussianUpper => "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ",
        }
    }
}

impl Format {
    /// By Word's name, and its pattern where the name is `custom` (`001, 002, 003, ...`); what is
    /// not known counts in digits.
    pub(crate) fn of_word(name: &str, pattern: &str) -> Self {
        match name {
            "decimalZero" => Self::DecimalZero,
            "custom" => match pattern.chars().take_while(|c| *c == '0').count() {
                0 => Self::Decimal,
                naughts => Self::Padded(u8::try_from(naughts + 1).unwrap_or(u8::MAX)),
            },
            "decimalFullWidth" | "decimalFullWidth2" => Self::FullWidth,
            "numberInDash" => Self::InDash,
            "hex" => Self::Hexadecimal,
            "lowerLetter" => Self::LowerLetter,
            "upperLetter" => Self::UpperLetter,
            "lowerRoman" => Self::LowerRoman,
            "upperRoman" => Self::UpperRoman,
            "ordinal" => Self::Ordinal,
            "cardinalText" => Self::CardinalText,
            "ordinalText" => Self::OrdinalText,
            "chineseCounting"
            | "chineseCountingThousand"
            | "japaneseCounting"
            | "taiwaneseCounting"
            | "taiwaneseCountingThousand" => Self::Chinese,
            "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => {
                Self::ChineseDigits
            }
            "koreanCounting" => Self::Korean,
            "koreanDigital" => Self::KoreanDigits,
            "chineseLegalSimplified" => Self::ChineseLegal,
            "ideographLegalTraditional" => Self::TraditionalLegal,
            "japaneseLegal" => Self::JapaneseLegal,
            "decimalEnclosedCircle"
            | "decimalEnclosedCircleChinese"
            | "ideographEnclosedCircle" => Self::Circled,
            "decimalEnclosedParen" => Self::InParentheses,
            "decimalEnclosedFullstop" => Self::WithStop,
            "ideographTraditional" => Self::Signs(Signs::Stems),
            "ideographZodiac" => Self::Signs(Signs::Branches),
            "ganada" => Self::Signs(Signs::Ganada),
            "chosung" => Self::Signs(Signs::Chosung),
            "aiueo" => Self::Signs(Signs::HalfAiueo),
            "aiueoFullWidth" => Self::Signs(Signs::Aiueo),
            "iroha" => Self::Signs(Signs::HalfIroha),
            "irohaFullWidth" => Self::Signs(Signs::Iroha),
            "russianLower" => Self::Signs(Signs::RussianLower),
            "russianUpper" => Self::Signs(Signs::RussianUpper),
            "bullet" => Self::Bullet,
            "none" => Self::None,
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
            Self::None | Self::Bullet => Some(String::new()),
            Self::Decimal => None,
            Self::DecimalZero => Some(format!("{number:02}")),
            Self::Padded(digits) => Some(format!("{number:0width$}", width = usize::from(digits))),
            Self::FullWidth => Some(by_digit(number, "０１２３４５６７８９")),
            Self::InDash => Some(format!("- {number} -")),
            Self::Hexadecimal => Some(format!("{number:X}")),
            Self::Ordinal => Some(format!("{number}{}", ordinal_ending(number))),
            Self::CardinalText => in_words(number, false),
            Self::OrdinalText => in_words(number, true),
            Self::LowerLetter => letters(number).map(|text| text.to_lowercase()),
            Self::UpperLetter => letters(number),
            Self::LowerRoman => roman(number).map(|text| text.to_lowercase()),
            Self::UpperRoman => roman(number),
            Self::Chinese => chinese(number, "零一二三四五六七八九", "十百千"),
            Self::ChineseDigits => Some(by_digit(number, "〇一二三四五六七八九")),
            Self::ChineseLegal => chinese(number, "零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
            Self::TraditionalLegal => chinese(number, "零壹貳參肆伍陸柒捌玖", "拾佰仟"),
            Self::JapaneseLegal => chinese(number, "零壱弐参四伍六七八九", "拾百阡"),
            Self::Korean => chinese(number, "영일이삼사오육칠팔구", "십백천"),
            Self::KoreanDigits => Some(by_digit(number, "영일이삼사오육칠팔구")),
            Self::Circled => match number {
                1..=20 => sign('①', number - 1),
                21..=35 => sign('㉑', number - 21),
                36..=50 => sign('㊱', number - 36),
                _ => None,
            },
            Self::InParentheses => {
                (1..=20).contains(&number).then(|| sign('⑴', number - 1)).flatten()
            }
            Self::WithStop => (1..=20).contains(&number).then(|| sign('⒈', number - 1)).flatten(),
            Self::Signs(signs) => {
                signs.all().chars().nth(number.wrapping_sub(1) as usize).map(String::from)
            }
        };
        written.unwrap_or_else(|| number.to_string())
    }
}

fn sign(first: char, after: u32) -> Option<String> {
    char::from_u32(first as u32 + after).map(String::from)
}

/// With a sign for each digit, as many as the number has.
fn by_digit(number: u32, signs: &str) -> String {
    let sign = |c: char| c.to_digit(10).and_then(|digit| signs.chars().nth(digit as usize));
    number.to_string().chars().filter_map(sign).collect()
}

/// `st`, `nd`, `rd`, `th`.
fn ordinal_ending(number: u32) -> &'static str {
    match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    }
}

/// `Twenty-one`, `Twenty-first`: Word writes them in English wherever it cannot tell the language.
/// Up to 99.
fn in_words(number: u32, is_ordinal: bool) -> Option<String> {
    const SMALL: [(&str, &str); 20] = [
        ("Zero", "Zeroth"),
        ("One", "First"),
        ("Two", "Second"),
        ("Three", "Third"),
        ("Four", "Fourth"),
        ("Five", "Fifth"),
        ("Six", "Sixth"),
        ("Seven", "Seventh"),
        ("Eight", "Eighth"),
        ("Nine", "Ninth"),
        ("Ten", "Tenth"),
        ("Eleven", "Eleventh"),
        ("Twelve", "Twelfth"),
        ("Thirteen", "Thirteenth"),
        ("Fourteen", "Fourteenth"),
        ("Fifteen", "Fifteenth"),
        ("Sixteen", "Sixteenth"),
        ("Seventeen", "Seventeenth"),
        ("Eighteen", "Eighteenth"),
        ("Nineteen", "Nineteenth"),
    ];
    const TENS: [&str; 8] = ["Twent", "Thirt", "Fort", "Fift", "Sixt", "Sevent", "Eight", "Ninet"];
    let small = |n: u32| SMALL.get(n as usize).map(|s| if is_ordinal { s.1 } else { s.0 });
    if number < 20 {
        return small(number).map(String::from);
    }
    let tens = TENS.get((number / 10 - 2) as usize)?;
    Some(match number % 10 {
        0 if is_ordinal => format!("{tens}ieth"),
        0 => format!("{tens}y"),
        ones => format!("{tens}y-{}", small(ones)?.to_lowercase()),
    })
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
fn chinese(number: u32, digits: &str, units: &str) -> Option<String> {
    if number > 9_999 {
        return None;
    }
    let nth = |signs: &str, n: usize| signs.chars().nth(n).map(String::from).unwrap_or_default();
    let digit = |n: u32| nth(digits, n as usize);
    // Ten to nineteen begin with the ten, and in Korean there is no sign for the gap in 103.
    let (plain_ten, is_korean) = (units.starts_with(['十', '십']), units.starts_with('십'));
    if number == 0 {
        return Some(digit(0));
    }
    let places = [number / 1000, number / 100 % 10, number / 10 % 10, number % 10];
    let (mut text, mut gap) = (String::new(), false);
    for (place, value) in places.into_iter().enumerate() {
        if value == 0 {
            gap = !text.is_empty() && !is_korean;
            continue;
        }
        if std::mem::take(&mut gap) {
            text.push_str(&digit(0));
        }
        let is_ten = place == 2 && value == 1 && text.is_empty() && plain_ten;
        // Korean leaves out the one before every unit.
        let is_unsaid = is_korean && place < 3 && value == 1;
        if !is_ten && !is_unsaid {
            text.push_str(&digit(value));
        }
        if place < 3 {
            text.push_str(&nth(units, 2 - place));
        }
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
            (Format::Signs(Signs::Stems), 2, "乙"),
            (Format::None, 2, ""),
            (Format::Padded(3), 12, "012"),
            (Format::Ordinal, 22, "22nd"),
            (Format::Ordinal, 112, "112th"),
            (Format::CardinalText, 21, "Twenty-one"),
            (Format::OrdinalText, 40, "Fortieth"),
            (Format::ChineseDigits, 10, "一〇"),
            (Format::TraditionalLegal, 12, "壹拾貳"),
            (Format::JapaneseLegal, 10, "壱拾"),
            (Format::Korean, 11, "십일"),
            (Format::KoreanDigits, 10, "일영"),
            (Format::Circled, 21, "㉑"),
            (Format::Circled, 36, "㊱"),
            (Format::Signs(Signs::Branches), 13, "13"),
            (Format::UpperRoman, 4000, "4000"),
        ] {
            assert_eq!(format.write(number), expected, "{format:?} {number}");
        }
    }
}
