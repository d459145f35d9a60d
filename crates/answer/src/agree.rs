//! What must agree between a sentence and its quotations however much of the rest does: whether a thing
//! is denied, who and what is named, and in which unit a number counts. One wrong word of these makes a
//! sentence false that shares every other word with the page.
//!
//! Rules, not a model: they see what stands there in words. Deliberately not here: what follows from a
//! text without standing in it, and who does what to whom.

use crate::numbers;
use crate::terms::{Terms, is_function_character};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;
use yinju_core::language::is_ideograph;
use yinju_lexicon::Noun;

/// What does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// One denies what the other says.
    Negation,
    /// Both deny something, in other words.
    Denial,
    /// A name stands nowhere near.
    Name,
    /// A thing is spoken of that stands nowhere near, which may be another word for one that does.
    Noun,
    /// The number counts something else.
    Unit,
}

/// What does not agree between a sentence and the words it is bound to; names may stand anywhere
/// around them: in the passage, its headings, its title. What the question speaks of may be spoken of.
pub(crate) fn clash(asked: &str, claim: &str, quoted: &[&str], around: &str) -> Option<Clash> {
    let denial = denies_otherwise(claim, quoted);
    if denial == Some(Clash::Negation) {
        denial
    } else if counts_otherwise(claim, quoted) {
        Some(Clash::Unit)
    } else {
        denial.or_else(|| names_another(asked, claim, quoted, around))
    }
}

/// Words that deny what follows them. Longer words that only contain one (`不同`, `未来`) are words of
/// their own to the dictionary.
const CHINESE_NEGATORS: &str = " 不 没 没有 未 无 非 不是 不能 不会 不可 不得 不必 不曾 不再 不用 未能 未曾 未必 \
 并未 并不 并非 并没有 从未 从不 无法 毫无 绝不 决不 绝非 不該 不应 没 沒 沒有 並未 並不 並非 從未 從不 無 無法 毫無 絕不 決不 ";
const ENGLISH_NEGATORS: &str = " not no never without neither nor none cannot cant ";
/// Words between a negator and what it denies.
const CHINESE_LINKS: &str =
    " 是 有 被 由 在 再 曾 会 能 可以 得 到 把 将 要 为 於 于 對 对 曾经 真正 直接 ";

/// What a text denies and what it says, as the words a denial bears on.
#[derive(Debug, Default)]
struct Polarity {
    denied: BTreeSet<String>,
    said: BTreeSet<String>,
}

impl Polarity {
    fn of(text: &str) -> Self {
        let mut polarity = Self::default();
        let folded: String = text.nfkc().collect();
        let mut denies = false;
        for token in tokens(&folded) {
            match token {
                Token::Negator => denies = true,
                Token::Link => {}
                Token::End => denies = false,
                Token::Word(word) if denies => {
                    polarity.denied.insert(word);
                    denies = false;
                }
                Token::Word(word) => {
                    polarity.said.insert(word);
                }
            }
        }
        polarity
    }
}

/// Whether two characters that the page has behind a denial alone are said plainly. Dictionaries cut
/// `未检出` in more ways than one.
fn drops_denial(claim: &str, quoted: &[&str]) -> bool {
    let (claim, page) = (squeezed(claim), squeezed(&quoted.join("。")));
    let chars: Vec<char> = page.chars().collect();
    let is_word =
        |pair: &[char]| pair.iter().all(|c| is_ideograph(*c) && !is_function_character(*c));
    let denied = chars.windows(3).filter(|w| DENYING.contains(&w[0]) && is_word(&w[1..]));
    denied.map(|w| w[1..].iter().collect::<String>()).any(|pair| {
        let is_denied = |text: &str, at: usize| text[..at].ends_with(DENYING);
        let said = || claim.match_indices(&pair).map(|(at, _)| is_denied(&claim, at));
        let there = || page.match_indices(&pair).map(|(at, _)| is_denied(&page, at));
        said().next().is_some() && !said().any(|denied| denied) && there().all(|denied| denied)
    })
}

const DENYING: [char; 7] = ['未', '不', '没', '无', '非', '沒', '無'];

/// A box that is not ticked denies what stands behind it.
const OPEN_BOX: char = '☐';

enum Token {
    Negator,
    /// A word a denial passes over.
    Link,
    /// The end of a clause.
    End,
    Word(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut all = Vec::new();
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let joined = joined.replace("n't", " not").replace("n’t", " not");
    let joined = joined.replace("[ ]", " ☐ ").replace(['□', '❏'], " ☐ ");
    for word in yinju_lexicon::words(&joined) {
        let word = word.text.trim();
        let Some(first) = word.chars().next() else { continue };
        if first == OPEN_BOX {
            all.push(Token::Negator);
            continue;
        }
        let padded = format!(" {word} ");
        if is_ideograph(first) {
            all.push(if CHINESE_NEGATORS.contains(&padded) {
                Token::Negator
            } else if CHINESE_LINKS.contains(&padded) || word.chars().all(is_function_character) {
                Token::Link
            } else {
                Token::Word(word.to_owned())
            });
        } else if first.is_alphabetic() {
            english(word, &mut all);
        } else if matches!(first, '。' | '，' | ',' | '.' | ';' | '；' | '!' | '！' | '?' | '？')
        {
            all.push(Token::End);
        }
    }
    all
}

fn english(word: &str, all: &mut Vec<Token>) {
    let lower = word.to_lowercase();
    if ENGLISH_NEGATORS.contains(&format!(" {lower} ")) {
        all.push(Token::Negator);
        return;
    }
    match Terms::of(&lower).iter().next() {
        Some((term, _)) if !term.starts_with('#') => all.push(Token::Word(term)),
        _ => all.push(Token::Link),
    }
}

fn denies_otherwise(claim: &str, quoted: &[&str]) -> Option<Clash> {
    let drops = drops_denial(claim, quoted);
    let claim = Polarity::of(claim);
    let quote = Polarity::of(&quoted.join("。"));
    // What follows a denial in the sentence is said plainly on the page, or nothing is denied there.
    let mut more = claim.denied.iter().filter(|word| !quote.denied.contains(*word));
    let denies_more = more.clone().any(|word| quote.said.contains(word));
    let denies_less = quote.denied.iter().any(|word| {
        claim.said.contains(word) && !claim.denied.contains(word) && !quote.said.contains(word)
    });
    if quote.denied.is_empty() && !drops {
        more.next().map(|_| Clash::Negation)
    } else if (denies_less || drops) && claim.denied.is_empty() {
        Some(Clash::Negation)
    } else {
        denies_more.then_some(Clash::Denial)
    }
}

/// Units, those of one meaning in one group; the first names the group.
const UNITS: &[&[&str]] = &[
    &["percent", "%", "％", "per cent"],
    &["year", "年", "years"],
    &["month", "月", "个月", "months"],
    &["day", "日", "天", "days"],
    &["hour", "小时", "hours"],
    &["o'clock", "时", "点"],
    &["season", "赛季", "季", "seasons"],
    &["edition", "届", "期", "版"],
    &["number", "号线", "号楼"],
    &["generation", "代"],
    &["century", "世纪", "century"],
    &["chapter", "章", "chapter"],
    &["article", "条", "article"],
    &["kind", "种", "类"],
    &["piece", "个", "件", "只", "台", "辆", "架", "艘", "座", "所", "家"],
    &["minute", "分钟", "minutes"],
    &["second", "秒", "seconds"],
    &["kilometre", "公里", "千米", "km", "kilometers", "kilometres", "kilometer"],
    &["metre", "米", "公尺", "m", "meters", "metres", "meter"],
    &["centimetre", "厘米", "公分", "cm", "centimeters", "centimetres"],
    &["mile", "英里", "miles"],
    &["foot", "英尺", "feet", "ft"],
    &["kilogram", "公斤", "千克", "kg", "kilograms"],
    &["gram", "克", "g", "grams"],
    &["ton", "吨", "tons", "tonnes"],
    &["dollar", "美元", "dollars"],
    &["yuan", "元", "人民币"],
    &["pound", "英镑", "pounds"],
    &["euro", "欧元", "euros"],
    &["person", "人", "名", "位", "people", "persons"],
    &["time", "次", "times"],
    &["degree", "度", "degrees"],
    &["household", "户", "households"],
    &["square kilometre", "平方公里", "平方千米"],
    &["square metre", "平方米"],
    &["hectare", "公顷", "hectares"],
    &["goal", "球", "goals"],
    &["point", "分", "points"],
    &["game", "场", "games", "matches"],
    &["book", "册", "本", "books"],
    &["volume", "卷", "volumes"],
    &["floor", "层", "楼", "floors", "storeys"],
    &["seat", "席", "seats"],
];

/// Values and what they count; numbers that count nothing known are left out.
fn measures(text: &str) -> Vec<(String, Option<&'static str>)> {
    let chars: Vec<char> = text.nfkc().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let before = at.checked_sub(1).map(|i| chars[i]);
        let number = numbers::arabic(rest).or_else(|| numbers::chinese(rest).filter(|n| n.strict));
        match number {
            Some(number) if !before.is_some_and(|c| c.is_ascii_alphanumeric()) => {
                let unit = prefix(before).or_else(|| unit(&rest[number.len..]));
                found.push((number.value, unit));
                at += number.len;
            }
            _ => at += 1,
        }
    }
    found
}

fn prefix(before: Option<char>) -> Option<&'static str> {
    match before? {
        '$' => Some("dollar"),
        '¥' => Some("yuan"),
        '£' => Some("pound"),
        '€' => Some("euro"),
        _ => None,
    }
}

/// The unit that characters begin with, by the name of its group.
pub(crate) fn unit(after: &[char]) -> Option<&'static str> {
    let next: String = after.iter().take(18).collect();
    let next = next.trim_start().trim_start_matches(['余', '多', '几']).to_lowercase();
    let word: String = next.chars().take_while(char::is_ascii_alphabetic).collect();
    let names = UNITS.iter().flat_map(|group| group.iter().map(|name| (*name, group[0])));
    let is_next = |name: &str| {
        if name.is_ascii() && name != "%" { word == name } else { next.starts_with(name) }
    };
    names
        .filter(|(name, _)| is_next(name))
        .max_by_key(|(name, _)| name.len())
        .map(|(_, group)| group)
}

fn counts_otherwise(claim: &str, quoted: &[&str]) -> bool {
    let page: Vec<_> = quoted.iter().flat_map(|quote| measures(quote)).collect();
    measures(claim).into_iter().filter_map(|(value, unit)| Some((value, unit?))).any(
        |(value, unit)| {
            let mut same = page.iter().filter(|(known, _)| *known == value).peekable();
            same.peek().is_some() && same.all(|(_, known)| known.is_some_and(|known| known != unit))
        },
    )
}

/// Nouns that speak of a text or of a kind of thing, and stand in no text they are said of.
const GENERIC: &str = " 公司 国家 地方 地点 时间 时候 原因 问题 答案 内容 资料 文档 作品 人物 情况 方面 方式 方法 部分 \
 名字 名称 全名 原名 别名 目的 作用 结果 过程 年份 日期 数量 人数 总数 城市 地区 机构 组织 学校 电影 书籍 活动 事件 事情 \
 特点 特征 能力 身份 职业 关系 影响 意思 含义 类型 种类 中文 英文 英语 汉语 外文 ";

fn names_another(asked: &str, claim: &str, quoted: &[&str], around: &str) -> Option<Clash> {
    let near = format!("{}\n{around}", quoted.join("\n"));
    if Terms::of(claim).has_name_missing_in(&Terms::of(&near)) {
        return Some(Clash::Name);
    }
    let (near, asked) = (squeezed(&near), squeezed(asked));
    let folded = squeezed(claim);
    let chinese = yinju_lexicon::nouns(&folded).into_iter().filter(|(noun, _)| {
        noun.chars().all(is_ideograph) && !GENERIC.contains(&format!(" {noun} "))
    });
    let missing: Vec<_> = chinese.filter(|(noun, _)| !is_covered(noun, &near)).collect();
    if missing.iter().any(|(_, kind)| *kind == Noun::Name) {
        Some(Clash::Name)
    } else {
        missing.iter().any(|(noun, _)| !is_covered(noun, &asked)).then_some(Clash::Noun)
    }
}

fn squeezed(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

/// Whether each character of a noun is part of two or more in a row that stand in a text: a noun may be
/// cut otherwise than it was meant (`公司总部`).
fn is_covered(noun: &str, text: &str) -> bool {
    let chars: Vec<char> = noun.chars().collect();
    let stands = |at: usize| {
        let pair: Option<String> = chars.get(at..at + 2).map(|pair| pair.iter().collect());
        pair.is_some_and(|pair| text.contains(&pair))
    };
    text.contains(noun)
        || (0..chars.len()).all(|at| stands(at) || at.checked_sub(1).is_some_and(stands))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(claim: &str, quote: &str, expected: Option<Clash>) {
        assert_eq!(clash("", claim, &[quote], ""), expected, "{claim} | {quote}");
    }

    #[test]
    fn denials_are_told_apart() {
        check("该剧不是由光荣开发的。", "该剧是由光荣开发的。", Some(Clash::Negation));
        check("他参加了比赛。", "他没有参加比赛。", Some(Clash::Negation));
        check("他没有参加比赛。", "他没有参加比赛，回家了。", None);
        check("两地气候不同。", "两地的气候不同。", None);
        check("It was not built in 1871.", "It was built in 1871.", Some(Clash::Negation));
        check("She won the prize.", "She never won the prize.", Some(Clash::Negation));
        check("样品中检出了汞。", "样品中未检出汞。", Some(Clash::Negation));
        check("自行车适用新规。", "新规不适用于自行车。", Some(Clash::Negation));
        let minutes = "The board did not mention a dividend, and none was paid.";
        check("No dividend was paid.", minutes, Some(Clash::Denial));
        check("He didn't agree.", "He did not agree.", None);
        check("The person is a smoker.", "☐ Smoker", Some(Clash::Negation));
        check("The person is a smoker.", "[ ] Smoker", Some(Clash::Negation));
        check("The person is not a smoker.", "☐ Smoker", None);
        check("The person is a driver.", "☒ Driver", None);
    }

    #[test]
    fn units_are_part_of_a_number() {
        check("全长5公斤。", "全长5公里。", Some(Clash::Unit));
        check("全长5千米。", "全长5公里。", None);
        check("It weighs 5 kg.", "It weighs 5 kilograms.", None);
        check("It grew by 5 percent.", "It grew by $5.", Some(Clash::Unit));
        check("共20人。", "共20多人。", None);
    }

    #[test]
    fn names_stand_somewhere_near() {
        check("公司总部位于上海。", "总部设在上海的公司", None);
        check("他的出生地是上海。", "他生于上海。", Some(Clash::Noun));
        assert_eq!(clash("出生地是哪里？", "他的出生地是上海。", &["他生于上海。"], ""), None);
        check("这本书由鲁迅所写。", "这本书由老舍所写。", Some(Clash::Name));
        check("It was built by Brunel.", "It was built by Telford.", Some(Clash::Name));
        assert_eq!(
            clash("", "It was built by Telford.", &["It was built."], "Thomas Telford"),
            None
        );
    }
}
