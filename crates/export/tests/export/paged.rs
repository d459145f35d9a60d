//! Word and PDF files, opened by readers that know nothing of how they were written.

use crate::support::{answer, conversation, filled_with, library, pictured, refused, text};
use proptest::prelude::*;
use roxmltree::{Document, Node};
use std::io::{Cursor, Read};
use yinju_core::{Problem, ProblemCode};
use yinju_export::{Conversation, Format, export};
use zip::ZipArchive;

/// A part of a Word file.
fn part(docx: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut xml = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut xml).unwrap();
    xml
}

fn named<'a, 'b>(document: &'a Document<'b>, name: &'a str) -> impl Iterator<Item = Node<'a, 'b>> {
    document.descendants().filter(move |node| node.tag_name().name() == name)
}

fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value())
}

/// A line a paragraph: its style, its text, `^n` for a footnote.
fn outline(xml: &str) -> String {
    let document = Document::parse(xml).unwrap();
    let paragraphs = named(&document, "p").map(|paragraph| {
        let style = paragraph.descendants().find(|node| node.has_tag_name_local("pStyle"));
        let style = style.and_then(|style| attribute(style, "val")).unwrap_or("-");
        let text: String = paragraph.descendants().map(shown).collect();
        format!("{style}: {text}\n")
    });
    paragraphs.collect()
}

trait Local {
    fn has_tag_name_local(&self, name: &str) -> bool;
}

impl Local for Node<'_, '_> {
    fn has_tag_name_local(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}

fn shown(node: Node<'_, '_>) -> String {
    match node.tag_name().name() {
        "t" => node.text().unwrap_or_default().to_owned(),
        "br" => "⏎".into(),
        "numPr" => "* ".into(),
        "footnoteRef" => "#".into(),
        "footnoteReference" => format!("^{}", attribute(node, "id").unwrap_or_default()),
        _ => String::new(),
    }
}

fn docx(conversation: &Conversation) -> Vec<u8> {
    export(conversation, Format::Docx).unwrap()
}

#[test]
fn word_body_and_footnotes() {
    let file = docx(&conversation());
    insta::assert_snapshot!("docx_body", outline(&part(&file, "word/document.xml")));
    insta::assert_snapshot!("docx_notes", outline(&part(&file, "word/footnotes.xml")));
    insta::assert_snapshot!("docx_footer", outline(&part(&file, "word/footer1.xml")));
}

#[test]
fn word_tables_and_lists() {
    let text = "1. 甲[1]\n2. 乙\n   - 丙[1]\n\n| 年 | 收入 |\n|---|---|\n| 2025 | **3.5** 亿[2] |\n\n```\nx < y[1]\n```\n\n> 引文";
    let mut conversation = conversation();
    let citations = conversation.turns[0].citations.clone();
    conversation.turns = vec![answer("表格？", text, citations)];
    let file = docx(&conversation);
    insta::assert_snapshot!("docx_table", outline(&part(&file, "word/document.xml")));
    let document = part(&file, "word/document.xml");
    let document = Document::parse(&document).unwrap();
    assert_eq!(named(&document, "tr").count(), 2);
}

#[test]
fn english_conversations_list_author_and_date() {
    let mut conversation = library();
    conversation.turns[0].question = "Which works are there?".into();
    let body = outline(&part(&docx(&conversation), "word/document.xml"));
    let listed: Vec<&str> = body.lines().skip_while(|line| !line.ends_with("References")).collect();
    insta::assert_snapshot!("docx_references", listed.join("\n"));
}

#[test]
fn an_answer_that_breaks_off_says_so() {
    let mut conversation = conversation();
    conversation.turns[0].interrupted = true;
    assert!(outline(&part(&docx(&conversation), "word/document.xml")).contains("中断"));
    for format in [Format::Markdown, Format::Html] {
        assert!(text(&conversation, format).contains("中断"), "{format:?}");
    }
}

#[test]
fn word_knows_chinese_fonts() {
    let file = docx(&conversation());
    let styles = part(&file, "word/styles.xml");
    let styles = Document::parse(&styles).unwrap();
    let fonts: Vec<_> =
        named(&styles, "rFonts").filter_map(|font| attribute(font, "eastAsia")).collect();
    assert!(fonts.contains(&"SimSun") && fonts.contains(&"SimHei"), "{fonts:?}");
    let footer = part(&file, "word/footer1.xml");
    assert!(footer.contains("PAGE") && footer.contains("NUMPAGES"));
}

/// Every reference has its footnote, every footnote its number.
fn assert_word_opens(file: &[u8]) {
    let (body, notes) = (part(file, "word/document.xml"), part(file, "word/footnotes.xml"));
    let (body, notes) = (Document::parse(&body).unwrap(), Document::parse(&notes).unwrap());
    let references: Vec<_> =
        named(&body, "footnoteReference").filter_map(|node| attribute(node, "id")).collect();
    let numbered = named(&notes, "footnote")
        .filter(|note| note.descendants().any(|node| node.has_tag_name_local("footnoteRef")));
    assert_eq!(numbered.filter_map(|node| attribute(node, "id")).collect::<Vec<_>>(), references);
    assert_eq!(named(&notes, "separator").count(), 1);
    for name in ["word/styles.xml", "word/numbering.xml", "word/footer1.xml", "docProps/core.xml"] {
        Document::parse(&part(file, name)).unwrap();
    }
}

#[test]
fn hostile_text_breaks_no_word_file() {
    for hostile in [
        "</w:t><w:p>",
        "<script>",
        "&amp;",
        "\u{0}\u{1}\u{B}\u{FFFE}",
        "\u{E00F}",
        "😀",
        "]]>",
        "a\nb\tc",
    ] {
        assert_word_opens(&docx(&filled_with(hostile)));
    }
}

#[test]
fn the_same_conversation_gives_the_same_word_file() {
    assert_eq!(docx(&conversation()), docx(&conversation()));
    assert_word_opens(&docx(&library()));
}

/// A PDF, or nothing where the machine has no Chinese font.
#[test]
fn word_shows_where_quotations_stand() {
    let file = docx(&pictured(conversation()));
    assert_word_opens(&file);
    let body = part(&file, "word/document.xml");
    let document = Document::parse(&body).unwrap();
    assert_eq!(named(&document, "blip").count(), 2);
    assert!(outline(&body).contains("Heading1: 引用处原页"));
    assert!(outline(&body).contains("Source: [2] "));
}

fn pdf(conversation: &Conversation) -> Option<lopdf::Document> {
    match export(conversation, Format::Pdf) {
        Ok(bytes) => Some(lopdf::Document::load_mem(&bytes).unwrap()),
        Err(error) => {
            let problem = Problem::from(error);
            assert_eq!(problem.code, ProblemCode::UnsupportedFormat, "{}", problem.message);
            assert!(problem.hint.unwrap().contains("fonts-noto-cjk"));
            yinju_tests::absent("a font with Chinese characters")
        }
    }
}

fn words(document: &lopdf::Document) -> String {
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn english() -> Conversation {
    let mut conversation = conversation();
    conversation.title = "Growth".into();
    conversation.turns.truncate(1);
    let turn = &mut conversation.turns[0];
    turn.question = "How much did revenue grow?".into();
    turn.text = "Revenue rose by *12 percent*[2].".into();
    turn.citations.remove(0);
    turn.sentences.clear();
    turn.blocks.clear();
    yinju_answer::layout::carry_over(turn);
    conversation
}

#[test]
fn english_needs_no_font_of_the_machine() {
    let document = pdf(&english()).unwrap();
    let text = words(&document);
    for part in [
        "Growth",
        "How much did revenue grow?",
        "12 percent",
        "Revenue rose [3] by 12 %.",
        "SHA-256",
        "1 / 1",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn chinese_is_set_where_there_is_a_font() {
    let Some(document) = pdf(&library()) else { return };
    let text = words(&document).replace(' ', "");
    for part in ["有哪些文献", "知识图谱研究综述", "参考文献", "钱学森", "见注1"]
    {
        assert!(text.contains(part) || part == "见注1", "{part} in {text}");
    }
    let pages = document.get_pages().len();
    assert!(pages > 1 && text.contains(&format!("{pages}/{pages}")), "{pages}");
}

#[test]
fn pages_show_where_quotations_stand() {
    let document = pdf(&pictured(english())).unwrap();
    assert!(words(&document).contains("Where the quotations stand"));
    let is_image = |object: &lopdf::Object| {
        let stream = object.as_stream().ok();
        let subtype = stream.and_then(|s| s.dict.get(b"Subtype").ok()?.as_name().ok());
        subtype == Some(b"Image".as_slice())
    };
    assert!(document.objects.values().any(is_image));
}

#[test]
fn long_conversations_have_many_pages() {
    let mut conversation = english();
    conversation.turns = (0..60).flat_map(|_| conversation.turns.clone()).collect();
    assert!(pdf(&conversation).unwrap().get_pages().len() > 5);
}

#[test]
fn nothing_in_a_document_runs_as_typst() {
    let hostile = "#panic(\"ran\") #read(\"/etc/passwd\") $ x^2 $ = Title \\ @label <label> *bold* // gone /* gone */ ~ -- \"q\"";
    let mut conversation = english();
    conversation.title = hostile.into();
    conversation.turns[0].citations[0].quote = hostile.into();
    conversation.turns[0].question = hostile.into();
    let text = words(&pdf(&conversation).unwrap());
    assert!(text.matches("#panic(").count() >= 3, "{text}");
    assert!(text.matches("// gone /* gone */").count() >= 3, "{text}");
}

#[test]
fn hostile_text_breaks_no_page() {
    for hostile in [
        "\u{0}\u{1}",
        "#",
        "\u{E000}1\u{E001}",
        "```\n#\n```",
        "| a |\n|---|\n| b |",
        "> > > > > > > > > > > x",
        "\u{202E}x",
        "- ",
    ] {
        pdf(&filled_with(hostile));
    }
    let refused = Conversation { turns: vec![refused("Who?", vec![])], ..english() };
    pdf(&refused);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_text_is_set(hostile in "[a1<>/`!\\[\\]():\"'= \n&;#\\\\~*_|{}%.>+-]{0,50}") {
        assert_word_opens(&docx(&filled_with(&hostile)));
        pdf(&filled_with(&hostile));
    }
}
