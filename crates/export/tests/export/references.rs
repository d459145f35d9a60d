//! Lists of references, parsed back by other programs' libraries.

use crate::support::{conversation, filled_with, library, refused, text};
use biblatex::{Bibliography, ChunksExt};
use hayagriva::citationberg::json::Item;
use proptest::prelude::*;
use yinju_core::{Problem, ProblemCode};
use yinju_export::{Conversation, Format, export};

const LISTS: [Format; 4] = [Format::Bib, Format::Ris, Format::Csl, Format::Gbt7714];

#[test]
fn bib() {
    insta::assert_snapshot!(text(&library(), Format::Bib));
}

#[test]
fn ris() {
    insta::assert_snapshot!(text(&library(), Format::Ris).replace("\r\n", "\n"));
}

#[test]
fn csl() {
    insta::assert_snapshot!(text(&library(), Format::Csl));
}

#[test]
fn gbt7714() {
    insta::assert_snapshot!(text(&library(), Format::Gbt7714));
}

#[test]
fn a_document_without_a_record_is_listed_by_its_title() {
    let listed = text(&conversation(), Format::Gbt7714);
    assert!(listed.starts_with("[1] 年度报告"), "{listed}");
    assert!(listed.contains("文件：paper.pdf"), "{listed}");
}

#[test]
fn nothing_cited_is_said_so() {
    let uncited = Conversation { turns: vec![refused("谁？", vec![])], ..conversation() };
    for format in LISTS {
        let problem = Problem::from(export(&uncited, format).unwrap_err());
        assert_eq!(problem.code, ProblemCode::NothingToExport);
        assert!(problem.message.contains("no document is cited"));
    }
}

#[test]
fn no_folder_leaves_with_a_list() {
    for format in LISTS {
        let list = text(&conversation(), format);
        assert!(["/home", "某人", "Users"].iter().all(|leak| !list.contains(leak)), "{list}");
    }
}

#[test]
fn bibtex_is_read_back() {
    let parsed = Bibliography::parse(&text(&library(), Format::Bib)).unwrap();
    assert_eq!(parsed.len(), 11);
    let knuth = parsed.get("knuth1984").unwrap();
    assert_eq!(knuth.title().unwrap().format_verbatim(), "Literate Programming & {TeX}");
    let authors = knuth.author().unwrap();
    assert_eq!(authors.len(), 4);
    assert_eq!((authors[0].name.as_str(), authors[0].given_name.as_str()), ("Knuth", "Donald E."));
}

/// Each list of two hostile works, read back.
fn assert_lists_hold(hostile: &str) {
    let conversation = filled_with(hostile);
    let bib = text(&conversation, Format::Bib);
    let parsed = Bibliography::parse(&bib).unwrap_or_else(|error| panic!("{error}: {bib}"));
    assert_eq!(parsed.len(), 1, "{bib}");
    let depth = bib.chars().fold(0, |depth, c| depth + i32::from(c == '{') - i32::from(c == '}'));
    assert_eq!(depth, 0, "braces as BibTeX counts them: {bib}");
    let ris = text(&conversation, Format::Ris);
    assert!(ris.split("\r\n").all(is_ris_line), "{ris}");
    assert_eq!(ris.matches("\r\nER  - ").count(), 1);
    let items: Vec<Item> = serde_json::from_str(&text(&conversation, Format::Csl)).unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(text(&conversation, Format::Gbt7714).lines().count(), 3);
}

fn is_ris_line(line: &str) -> bool {
    let tagged = line.get(2..6) == Some("  - ");
    line.is_empty() || (tagged && !line.contains(['\n', '\r']))
}

#[test]
fn hostile_records_break_no_list() {
    for hostile in [
        "{",
        "}}",
        "\\",
        "a \\",
        "\" and \"",
        "and",
        "A and B",
        "%comment",
        "@book{x,",
        "😀 ~ ^ $x$",
        "TY  - BOOK\r\nER  - ",
        "../../etc/passwd",
        "C:\\temp",
        "<i>x</i>",
        "a,b,c",
        "",
        "#_&",
        "\u{E000}\u{E00F}\u{FFFF}\u{0}",
        "O'Brien",
        "1999-99-99",
    ] {
        assert_lists_hold(hostile);
    }
}

proptest! {
    #[test]
    fn any_record_breaks_no_list(hostile in "[aA1{}\\\\\"'@%#$&_~^<>,=/ \n\r\u{E000}王、·-]{0,30}") {
        assert_lists_hold(&hostile);
    }
}
