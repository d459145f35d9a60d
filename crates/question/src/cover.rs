//! What the first pages of a document say it is: a contract, a report, a manual, and between whom. By
//! words that such documents are headed by; what says nothing of it has no kind.

use regex::Regex;
use std::sync::LazyLock;

/// What kind of document something is, as people ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Between parties.
    Contract,
    /// A law, a regulation, an organisation's rules.
    Rules,
    /// A standard.
    Standard,
    /// How something is used.
    Manual,
    /// For a degree.
    Thesis,
    /// A scholarly article.
    Paper,
    /// Of a year, of a study.
    Report,
    /// Of a meeting.
    Minutes,
}

/// Each kind with the names it is asked for by and those that head it.
const KINDS: [(DocumentKind, &[&str]); 8] = {
    use DocumentKind as Kind;
    [
        (
            Kind::Contract,
            &[
                "contract",
                "agreement",
                "lease",
                "合同",
                "合約",
                "协议",
                "协议书",
                "協議",
                "協議書",
                "契約",
                "契约",
            ],
        ),
        (Kind::Minutes, &["minutes", "会议纪要", "會議紀錄", "会议记录"]),
        (
            Kind::Manual,
            &[
                "manual",
                "guide",
                "handbook",
                "tutorial",
                "instructions",
                "手册",
                "手冊",
                "指南",
                "说明书",
                "說明書",
                "教程",
                "入门",
                "入門",
            ],
        ),
        (Kind::Thesis, &["thesis", "dissertation", "学位论文", "學位論文"]),
        (Kind::Standard, &["standard", "specification", "标准", "標準", "规范", "規範"]),
        (
            Kind::Rules,
            &[
                "policy",
                "regulation",
                "regulations",
                "act",
                "rules",
                "bylaws",
                "条例",
                "條例",
                "规定",
                "規定",
                "办法",
                "辦法",
                "制度",
                "章程",
                "细则",
                "細則",
                "法",
            ],
        ),
        (
            Kind::Report,
            &[
                "report",
                "10-k",
                "10-q",
                "20-f",
                "statements",
                "white paper",
                "报告",
                "報告",
                "报告书",
                "年报",
                "年報",
                "白皮书",
                "白皮書",
                "公报",
                "公報",
            ],
        ),
        (Kind::Paper, &["paper", "abstract", "论文", "論文", "摘要"]),
    ]
};

/// Among so many lines of a page stands what the document is.
const HEAD: usize = 25;
/// Longer lines tell of something, and head nothing.
const LONGEST: usize = 80;

impl DocumentKind {
    /// By a name people use: `contract`, 合同.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.trim().to_lowercase();
        let singular = name.strip_suffix('s').unwrap_or(&name);
        let is_it = |word: &&&str| **word == name || **word == singular;
        KINDS.iter().find(|(_, words)| words.iter().any(|word| is_it(&word))).map(|(kind, _)| *kind)
    }

    /// By what a document is called, else by the lines its first page begins with.
    pub fn of(title: &str, file: &str, first_page: &str) -> Option<Self> {
        let lines = first_page.lines().map(str::trim).filter(|line| !line.is_empty());
        let heads = lines.take(HEAD).filter(|line| line.chars().count() <= LONGEST);
        [title, file].into_iter().chain(heads).find_map(headed)
    }
}

/// What stands behind them says of what something is, not what it is.
const PREPOSITIONS: [&str; 8] =
    [" of ", " on ", " for ", " to ", " between ", " in ", " with ", " about "];

/// The kind that a line names: in English before a preposition, where there is one.
fn headed(line: &str) -> Option<DocumentKind> {
    let lower = line.to_lowercase();
    let end = PREPOSITIONS.iter().filter_map(|word| lower.find(word)).min();
    end.and_then(|end| named_last(&lower[..end])).or_else(|| named_last(&lower))
}

/// The last word says what something is: a contract report is a report.
fn named_last(lower: &str) -> Option<DocumentKind> {
    // A year or an edition in brackets may stand behind it.
    let bracket = lower.rfind(['(', '（']).filter(|at| *at > 0 && lower.ends_with([')', '）']));
    let lower =
        lower[..bracket.unwrap_or(lower.len())].trim_end_matches(|c: char| !c.is_alphabetic());
    let found = KINDS.iter().flat_map(|(kind, words)| {
        words
            .iter()
            .filter_map(|word| Some((last_of(lower, word)? + word.len(), word.len(), *kind)))
    });
    // 学位论文 ends where 论文 does.
    found.max_by_key(|(end, length, _)| (*end, *length)).map(|(.., kind)| kind)
}

/// Where a word stands last in a line: as a whole word, or in Chinese at the line's end, as kinds do.
fn last_of(line: &str, word: &str) -> Option<usize> {
    if !word.is_ascii() {
        return line.strip_suffix(word).map(str::len);
    }
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    line.rmatch_indices(word).map(|(at, _)| at).find(|at| {
        let (before, behind) = (&line[..*at], &line[at + word.len()..]);
        !is_part(before.chars().next_back()) && !is_part(behind.chars().next())
    })
}

static PARTY: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?m)^\s*(?:[甲乙丙丁]\s*方|[委受]托方|[委受]託方|[出承]租[方人]|[买卖買賣供需]方|[发發承][包]人|[借贷貸]款人|保险人|投保人)",
        r"\s*(?:[（(][^）)\n]{0,20}[）)])?\s*[:：]\s*([^\n，。；]{2,60})",
    ))
});
static BETWEEN: LazyLock<Regex> = LazyLock::new(|| {
    regex(concat!(
        r"(?is)\b(?:by\s+and\s+)?between\s+(\p{Lu}[^,;(“\x22]{1,80}?)\s*[,(][^;]{0,300}?\band\s+",
        r"(\p{Lu}[^,;(.“\x22]{1,80}?)\s*[,(.]",
    ))
});
static REGISTRANT: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"(?im)^\s*(\S[^\n]{2,80}?)\s*\n\s*\(\s*exact\s+name\s+of\s+registrant")
});

fn regex(text: &str) -> Regex {
    Regex::new(text).expect("the patterns of this file are tried by its tests")
}

/// Who a document is between, or whose report it is, as its first pages name them.
pub fn parties(first_pages: &str) -> Vec<String> {
    let mut parties: Vec<String> = Vec::new();
    let found = [&PARTY, &BETWEEN, &REGISTRANT].into_iter().flat_map(|pattern| {
        pattern.captures_iter(first_pages).flat_map(|found| {
            let names = found.iter().skip(1).flatten();
            names
                .map(|name| name.as_str().split_whitespace().collect::<Vec<_>>().join(" "))
                .collect::<Vec<_>>()
        })
    });
    for name in found {
        let name = name.trim_matches(|c: char| c == '_' || c.is_whitespace()).to_owned();
        if name.chars().any(char::is_alphabetic) && !parties.contains(&name) {
            parties.push(name);
        }
    }
    parties
}

#[cfg(test)]
mod tests {
    use super::*;
    use DocumentKind::{Contract, Manual, Paper, Report, Rules, Standard, Thesis};

    #[test]
    fn a_document_is_what_its_title_or_first_lines_say() {
        let check = |title, first: &str, kind| {
            assert_eq!(DocumentKind::of(title, "scan-0042", first), kind, "{title} / {first}");
        };
        check("房屋租赁合同", "", Some(Contract));
        check("0000004962-23-000006", "UNITED STATES\nAnnual Report\nfor 2022", Some(Report));
        check("FORM 10-K", "", Some(Report));
        check("", "Lease Agreement\nbetween A and B", Some(Contract));
        check("Report on the lease agreement of 2019", "", Some(Report));
        check("Guide to the Annual Report", "", Some(Manual));
        check("Form of Lease Agreement", "", Some(Contract));
        check("租赁合同履行情况报告", "", Some(Report));
        check("Debian Policy Manual", "", Some(Manual));
        check("GB/T 7714 参考文献著录规则 国家标准", "", Some(Standard));
        check("员工休假管理办法（2023年）", "", Some(Rules));
        check("Attention", "A. Author\nAbstract\nWe show", Some(Paper));
        check("深度学习研究", "硕士学位论文", Some(Thesis));
        check("Notes", "We agree to nothing", None);
        check("Activity", "", None);
    }

    #[test]
    fn kinds_are_asked_for_by_name() {
        assert_eq!(DocumentKind::named("contracts"), Some(Contract));
        assert_eq!(DocumentKind::named("合同"), Some(Contract));
        assert_eq!(DocumentKind::named("Reports"), Some(Report));
        assert_eq!(DocumentKind::named("soup"), None);
    }

    #[test]
    fn parties_are_named_on_the_first_pages() {
        assert_eq!(
            parties("甲方（出租人）：北京晨光科技有限公司\n乙方：李四\n第一条"),
            ["北京晨光科技有限公司", "李四"]
        );
        assert_eq!(
            parties(
                "This Agreement is made between Acme Holdings Ltd, a company, and Bright Oak LLC, of"
            ),
            ["Acme Holdings Ltd", "Bright Oak LLC"]
        );
        assert_eq!(
            parties(
                "AMERICAN EXPRESS COMPANY\n(Exact name of registrant as specified in its charter)"
            ),
            ["AMERICAN EXPRESS COMPANY"]
        );
        assert_eq!(parties("The difference between Red and blue is small"), Vec::<String>::new());
    }
}
