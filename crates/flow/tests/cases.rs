//! Small files on which others were seen to read other numbers than those that are there. Those that
//! programs of others made are in the shared data.

#![allow(clippy::unwrap_used)]

mod support;

use support::{read, words};
use yinju_tests::shared;

/// Whether words are in a file's text, or are not.
fn check_text(name: &str, text: &str, there: &[&str], not_there: &[&str]) {
    for words in there {
        assert!(text.contains(words), "{name} lacks {words}: {text}");
    }
    for words in not_there {
        assert!(!text.contains(words), "{name} has {words}: {text}");
    }
}

fn check(name: &str, bytes: &str, there: &[&str], not_there: &[&str]) {
    check_text(name, &read(name, bytes.as_bytes()).unwrap().text(), there, not_there);
}

fn check_shared(name: &str, there: &[&str], not_there: &[&str]) {
    let Some(path) = shared(&format!("data/cases/{name}")) else { return };
    let file = path.file_name().unwrap().to_str().unwrap().to_owned();
    check_text(
        name,
        &read(&file, &std::fs::read(&path).unwrap()).unwrap().text(),
        there,
        not_there,
    );
}

#[test]
fn raised_marks_are_no_digits_of_a_number() {
    check(
        "a.html",
        "<p>Shipped 18,500<sup>4</sup> units, 10<sup>6</sup> tonnes over 250 m<sup>2</sup> on the 5<sup>th</sup>.",
        &["18,500[4]", "10^6", "250 m²", "the 5th"],
        &["18,5004", "106"],
    );
    check_shared("c03/sup.html", &["18,500[4]", "10^6", "第十二条[3]", "500[2] 元"], &["5002"]);
    check_shared("c03/sup.docx", &[], &["4,5601", "8122"]);
}

#[test]
fn formulas_are_read_as_they_are_built() {
    check(
        "a.html",
        "<p>It is <math><mfrac><mn>1</mn><mn>2</mn></mfrac><mo>+</mo><msup><mi>x</mi><mn>10</mn></msup></math> and \
        <math><semantics><mi>y</mi><annotation encoding='application/x-tex'>\\sqrt{y}</annotation></semantics></math>.",
        &["\\frac{1}{2}+x^{10}", "\\sqrt{y}."],
        &["12+"],
    );
    let of = |name: &str, inside: &str| format!("<m:{name}>{inside}</m:{name}>");
    let text = |text: &str| of("r", &of("t", text));
    let half = of("f", &[of("num", &text("1")), of("den", &text("2"))].concat());
    let power = of("sSup", &[of("e", &text("10")), of("sup", &text("6"))].concat());
    let body = format!("<w:p><w:r><w:t>It is </w:t></w:r><m:oMath>{half}{power}</m:oMath></w:p>");
    let told = read("a.docx", &words::docx(&body, &[])).unwrap();
    assert_eq!(told.text(), "It is \\frac{1}{2}10^6\n");
}

#[test]
fn points_of_lists_have_their_numbers() {
    let lists = "<ol start=7 type=a><li>Helmets<li value=10>Shoes<ul><li>black</ul><li>Gloves</ol>\
                 <ol reversed><li>last<li>first</ol><ol><li><ol type=I><li>deep</ol></ol>";
    check(
        "a.html",
        lists,
        &["g. Helmets", "j. Shoes", "k. Gloves", "2. last", "1. first", "I. deep"],
        &["1. black"],
    );
    check("a.md", "1. one\n2. two\n\nText.\n\n5. five\n", &["1. one", "2. two", "5. five"], &[]);
    check_shared("c02/steps.md", &["4. Press", "5. Record", "3. Start at three"], &[]);
    check_shared(
        "c02/steps.html",
        &["2. Badges", "g. Helmet", "j. Shoes"],
        &["SECRET", "hidden attr"],
    );
}

#[test]
fn ticked_boxes_are_told_from_open_ones() {
    check("a.md", "- [x] pump\n- [ ] valve\n", &["[x] pump", "[ ] valve"], &[]);
    check(
        "a.html",
        "<input type=checkbox checked> yes <input type=radio> no <input type=text>",
        &["[x] yes", "[ ] no"],
        &[],
    );
}

#[test]
fn what_is_hidden_is_not_read() {
    check(
        "a.html",
        "<p>seen<p style='color:red; display: none'>one<p style='visibility:hidden'>two<p style='display:block'>shown",
        &["seen", "shown"],
        &["one", "two"],
    );
}

#[test]
fn word_counts_as_its_definitions_say() {
    let levels = "<w:abstractNum w:abstractNumId='1'>\
                  <w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCounting'/><w:lvlText w:val='第%1条'/></w:lvl>\
                  <w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.%2'/><w:isLgl/></w:lvl>\
                  <w:lvl w:ilvl='2'><w:start w:val='1'/><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='(%3)'/></w:lvl>\
                  </w:abstractNum><w:num w:numId='4'><w:abstractNumId w:val='1'/></w:num>\
                  <w:num w:numId='5'><w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='0'><w:startOverride w:val='9'/></w:lvlOverride></w:num>";
    let point = |list: u32, level: u32, text: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{list}'/></w:numPr></w:pPr>\
             <w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = [
        point(4, 0, "总则"),
        point(4, 1, "甲"),
        point(4, 1, "乙"),
        point(4, 2, "细则"),
        point(4, 0, "付款"),
        point(4, 1, "丙"),
        point(5, 0, "附则"),
        point(0, 0, "无号"),
    ];
    let bytes = words::with_numbering(&body.concat(), levels);
    let text = read("a.docx", &bytes).unwrap().text();
    let there = [
        "第一条 总则",
        "1.1 甲",
        "1.2 乙",
        "(a) 细则",
        "第二条 付款",
        "2.1 丙",
        "第九条 附则",
        "无号",
    ];
    check_text("a.docx", &text, &there, &["条 无号"]);
    check_shared("c01/contract-autonumber.docx", &["第六条", "3.2"], &[]);
    check_shared("c01/msa-autonumber.docx", &["3.2"], &[]);
}

#[test]
fn word_counts_what_is_empty_and_begins_where_the_list_says() {
    let levels = "<w:abstractNum w:abstractNumId='1'>\
                  <w:lvl w:ilvl='0'><w:numFmt w:val='decimal'/><w:lvlText w:val='%1.'/></w:lvl>\
                  <w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='lowerLetter'/><w:lvlText w:val='%2)'/></w:lvl>\
                  </w:abstractNum>\
                  <w:abstractNum w:abstractNumId='2'><w:lvl w:ilvl='0'><w:start w:val='1'/>\
                  <mc:AlternateContent><mc:Choice Requires='w14'><w:numFmt w:val='custom' w:format='001, 002, 003, ...'/></mc:Choice>\
                  <mc:Fallback><w:numFmt w:val='decimal'/></mc:Fallback></mc:AlternateContent><w:lvlText w:val='REQ-%1'/></w:lvl>\
                  <w:lvl w:ilvl='1'><w:numFmt w:val='none'/><w:lvlText w:val='Note:'/></w:lvl></w:abstractNum>\
                  <w:abstractNum w:abstractNumId='3'>\
                  <w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:pStyle w:val='1'/><w:lvlText w:val='Part %1'/></w:lvl>\
                  <w:lvl w:ilvl='1'><w:start w:val='1'/><w:numFmt w:val='decimal'/><w:pStyle w:val='lb'/><w:lvlText w:val='%1.%2'/></w:lvl>\
                  </w:abstractNum>\
                  <w:num w:numId='4'><w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='1'><w:startOverride w:val='3'/></w:lvlOverride></w:num>\
                  <w:num w:numId='5'><w:abstractNumId w:val='1'/><w:lvlOverride w:ilvl='0'><w:lvl w:ilvl='0'>\
                  <w:numFmt w:val='upperRoman'/><w:lvlText w:val='%1:'/></w:lvl></w:lvlOverride></w:num>\
                  <w:num w:numId='6'><w:abstractNumId w:val='2'/></w:num><w:num w:numId='3'><w:abstractNumId w:val='3'/></w:num>";
    let place = |list: u32, level: u32| {
        format!("<w:numPr><w:ilvl w:val='{level}'/><w:numId w:val='{list}'/></w:numPr>")
    };
    let point = |list, level, text: &str| words::paragraph(&place(list, level), text);
    let counted = format!("<w:tc><w:p><w:pPr>{}</w:pPr></w:p></w:tc>", place(6, 0));
    let body = [
        point(4, 0, "naught"),
        point(4, 1, "third"),
        point(4, 0, ""),
        point(4, 0, "two"),
        point(4, 1, "third again"),
        point(5, 0, "three"),
        point(6, 0, "first demand"),
        point(6, 1, "remark"),
        format!("<w:tbl><w:tr>{counted}{}</w:tr></w:tbl>", words::cell("", "second demand")),
        words::paragraph("<w:pStyle w:val='1'/><w:numPr><w:numId w:val='3'/></w:numPr>", "whole"),
        words::styled("lb", "section"),
    ];
    let bytes = words::with_numbering(&body.concat(), levels);
    let text = read("a.docx", &bytes).unwrap().text();
    let there = [
        "0. naught",
        "c) third",
        "2. two",
        "c) third again",
        "III: three",
        "REQ-001 first demand",
        "Note: remark",
        "REQ-002\tsecond demand",
        "Part 1 whole",
        "1.1 section",
    ];
    check_text("a.docx", &text, &there, &[]);
}

#[test]
fn headers_of_word_are_read_once() {
    check_shared("c44/parts.docx", &["HT-2024-0088"], &[]);
}

#[test]
fn boxes_of_forms_are_ticked_or_open() {
    let open = "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:default w:val='1'/><w:checked w:val='0'/>\
                </w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:t> Smoker</w:t></w:r>";
    let ticked = "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:checkBox><w:default w:val='0'/><w:checked/>\
                  </w:checkBox></w:ffData></w:fldChar></w:r><w:r><w:t> Driver</w:t></w:r>";
    let bytes = words::docx(&format!("<w:p>{open}</w:p><w:p>{ticked}</w:p>"), &[]);
    check_text("a.docx", &read("a.docx", &bytes).unwrap().text(), &["☐ Smoker", "☒ Driver"], &[]);
    check_shared("c44/parts.docx", &["☐ Laboratory professional"], &[]);
}

#[test]
fn a_declaration_that_the_bytes_contradict_is_not_believed() {
    let (gbk, _, _) = encoding_rs::GBK
        .encode("<h1>电子秤使用说明</h1><p>最大称量为三百千克，最小感量为五十克。</p>");
    for declared in ["utf-8", "iso-8859-1"] {
        let mut bytes = format!("<meta charset=\"{declared}\">").into_bytes();
        bytes.extend_from_slice(&gbk);
        check_text("a.html", &read("a.html", &bytes).unwrap().text(), &["电子秤使用说明"], &[]);
    }
    let (latin, _, _) = encoding_rs::WINDOWS_1252
        .encode("<meta charset=iso-8859-1><p>Déjà vu à Besançon, où l’été fut très long.</p>");
    check_text("a.html", &read("a.html", &latin).unwrap().text(), &["Déjà vu à Besançon"], &[]);
    check_shared("c10/wrongmeta.html", &["电子秤使用说明"], &[]);
    check_shared("c10/meta1252.html", &["电子秤使用说明"], &[]);
}
