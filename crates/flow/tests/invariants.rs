//! What must hold whatever a file says: nothing is lost, nothing invented, blocks tile the text, every
//! character has its place.

mod support;

use proptest::prelude::*;
use support::{archive, books, check_page, read, words};
use yinju_core::{BlockKind, normal};

/// The characters that count, without those nobody sees, as they are shown.
fn characters(text: &str) -> String {
    let seen = text.chars().filter(|c| !normal::is_space(*c));
    seen.flat_map(normal::shown).filter(|c| !c.is_whitespace()).collect()
}

fn check(name: &str, bytes: &[u8], expected: &str) -> Result<(), TestCaseError> {
    let told = read(name, bytes).map_err(|problem| TestCaseError::fail(format!("{problem:?}")))?;
    told.pages.iter().for_each(check_page);
    prop_assert_eq!(characters(&told.text()), characters(expected));
    for page in &told.pages {
        // Headings that go with a paragraph come on top.
        let body = page.blocks.iter().filter(|block| block.kind != BlockKind::Heading);
        prop_assert!(body.map(|block| block.range.len() - 2).sum::<usize>() <= 3_000);
    }
    Ok(())
}

/// Paragraphs of letters, ideographs, ligatures, spaces and digits, without any mark-up; some of them
/// longer than a page.
fn paragraphs() -> impl Strategy<Value = Vec<String>> {
    let word = "[a-zA-Z一-龥ﬁ。，Ａé0-9\u{AD}]{1,12}";
    let short = proptest::collection::vec(word, 1..12).prop_map(|words| words.join(" "));
    let long = (short.clone(), 1_usize..120).prop_map(|(text, times)| text.repeat(times));
    proptest::collection::vec(prop_oneof![4 => short, 1 => long], 1..12)
}

fn all(paragraphs: &[String]) -> String {
    paragraphs.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plain_text_is_kept(paragraphs in paragraphs()) {
        check("a.txt", paragraphs.join("\n\n").as_bytes(), &all(&paragraphs))?;
    }

    #[test]
    fn markdown_is_kept(paragraphs in paragraphs()) {
        // A digit at the start could number a list.
        let lines: Vec<_> = paragraphs.iter().map(|p| format!("x{p}")).collect();
        check("a.md", lines.join("\n\n").as_bytes(), &all(&lines))?;
    }

    #[test]
    fn html_is_kept(paragraphs in paragraphs()) {
        let tags = ["p", "h1", "li", "div", "h2", "blockquote"];
        let html = |(i, p): (usize, &String)| format!("<{0}>{p}</{0}>", tags[i % tags.len()]);
        let html: String = paragraphs.iter().enumerate().map(html).collect();
        check("a.html", html.as_bytes(), &all(&paragraphs))?;
    }

    #[test]
    fn html_tables_are_kept(
        cells in proptest::collection::vec(("[a-z一-龥]{1,8}", 1_usize..4, 1_usize..4), 4..40),
        width in 2_usize..5,
    ) {
        let row = |cells: &[(String, usize, usize)]| {
            let cell = |(text, across, down): &(String, usize, usize)| {
                format!("<td colspan={across} rowspan={down}>{text}</td>")
            };
            format!("<tr>{}</tr>", cells.iter().map(cell).collect::<String>())
        };
        let html: String = cells.chunks(width).map(row).collect();
        let expected: String = cells.iter().map(|(text, ..)| text.as_str()).collect();
        check("a.html", format!("<table>{html}</table>").as_bytes(), &expected)?;
    }

    #[test]
    fn epub_is_kept(paragraphs in paragraphs()) {
        let document = |p: &String| books::xhtml(&format!("<p>{p}</p>"));
        let documents: Vec<_> = paragraphs.iter().map(document).collect();
        check("a.epub", &books::epub("", "", &documents, &[]), &all(&paragraphs))?;
    }

    #[test]
    fn docx_is_kept(paragraphs in paragraphs()) {
        let body: String = paragraphs.iter().map(|p| words::paragraph("", p)).collect();
        check("a.docx", &words::docx(&body, &[]), &all(&paragraphs))?;
    }

    #[test]
    fn any_text_is_read_as_html_and_markdown(text in any::<String>()) {
        for name in ["a.html", "a.md"] {
            if let Ok(told) = read(name, format!("x{text}").as_bytes()) {
                told.pages.iter().for_each(check_page);
            }
        }
    }

    #[test]
    fn any_mark_up_is_read(parts in proptest::collection::vec(prop_oneof![
        Just("<table>"), Just("</table>"), Just("<tr>"), Just("<td colspan=3>"), Just("<td rowspan=0>"),
        Just("<p>"), Just("</p>"), Just("<li>"), Just("<h1>"), Just("<pre>"), Just("</pre>"), Just("<br>"),
        Just("<nav>"), Just("</nav>"), Just("<svg>"), Just("text "), Just("\n"), Just("文字"), Just("<b>"),
        Just("</div>"), Just("<div id=a>"), Just("<caption>"), Just("<th>"), Just("<footer>"),
    ], 0..60)) {
        let html = format!("x{}", parts.concat());
        read("a.html", html.as_bytes()).unwrap().pages.iter().for_each(check_page);
        let book = books::epub("", "", std::slice::from_ref(&html), &[]);
        read("a.epub", &book).unwrap().pages.iter().for_each(check_page);
    }

    #[test]
    fn any_document_of_word_is_read(parts in proptest::collection::vec(prop_oneof![
        Just("<w:tbl>"), Just("</w:tbl>"), Just("<w:tr>"), Just("</w:tr>"), Just("<w:tc>"), Just("</w:tc>"),
        Just("<w:p>"), Just("</w:p>"), Just("<w:r>"), Just("</w:r>"), Just("<w:t>text</w:t>"),
        Just("<w:vMerge/>"), Just("<w:vMerge w:val='restart'/>"), Just("<w:gridSpan w:val='3'/>"),
        Just("<w:lastRenderedPageBreak/>"), Just("<w:br w:type='page'/>"), Just("<w:moveFrom>"),
        Just("<w:pStyle w:val='1'/>"), Just("<w:sectPr><w:type w:val='nextPage'/></w:sectPr>"),
        Just("<w:r><w:t>文字</w:t></w:r>"), Just("<w:p><w:r><w:t>x</w:t></w:r></w:p>"),
    ], 0..60)) {
        let document = format!("<w:document><w:p><w:r><w:t>x</w:t></w:r></w:p>{}", parts.concat());
        let bytes = archive(&[("word/document.xml", document.as_bytes())]);
        read("a.docx", &bytes).unwrap().pages.iter().for_each(check_page);
    }
}
