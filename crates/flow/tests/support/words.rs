//! DOCX documents, small and whole.

use super::archive;

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

const RELATIONS: &str = r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="word/document.xml"/></Relationships>"#;

const STYLES: &str = r#"<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>
<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 2"/><w:basedOn w:val="1"/></w:style>
<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="My Head"/><w:basedOn w:val="2"/></w:style>
<w:style w:type="paragraph" w:styleId="c"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="lb"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="ring"><w:name w:val="Ring"/><w:basedOn w:val="ring"/></w:style>"#;

/// A paragraph of plain text, with properties.
pub fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

/// A paragraph in a style.
pub fn styled(style: &str, text: &str) -> String {
    paragraph(&format!("<w:pStyle w:val=\"{style}\"/>"), text)
}

/// A cell with properties.
pub fn cell(properties: &str, text: &str) -> String {
    format!("<w:tc><w:tcPr>{properties}</w:tcPr>{}</w:tc>", paragraph("", text))
}

/// A document with this body, and these parts besides.
pub fn docx(body: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let root = |name: &str, inside: &str| {
        format!("<?xml version=\"1.0\"?><w:{name} xmlns:w=\"{W}\">{inside}</w:{name}>")
    };
    let document = root("document", &format!("<w:body>{body}</w:body>"));
    let styles = root("styles", STYLES);
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("word/document.xml", document.as_bytes()),
        ("word/styles.xml", styles.as_bytes()),
    ];
    parts.extend(more.iter().map(|(name, text)| (*name, text.as_bytes())));
    archive(&parts)
}

/// A document in English: headings, a list, notes, a comment, changes, merged cells, page breaks.
pub fn english() -> Vec<u8> {
    let run = "<w:r><w:t xml:space=\"preserve\">The rate fell</w:t></w:r><w:r><w:footnoteReference w:id=\"2\"/></w:r>\
               <w:del><w:r><w:delText> sharply</w:delText></w:r></w:del>\
               <w:moveFrom><w:r><w:t> moved</w:t></w:r></w:moveFrom>\
               <w:r><w:t xml:space=\"preserve\"> to 3%</w:t><w:commentReference w:id=\"0\"/></w:r>\
               <w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:tab/><w:t>again.</w:t></w:r>";
    let table = format!(
        "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr>{}{}</w:tr><w:tr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr></w:tbl>",
        cell("", "Year"),
        cell("<w:gridSpan w:val=\"2\"/>", "Rates"),
        cell("<w:vMerge w:val=\"restart\"/>", "2019"),
        cell("", "low"),
        cell("", "1"),
        cell("<w:vMerge/>", ""),
        cell("", "high"),
        cell("", "3"),
    );
    let body = [
        styled("1", "Report"),
        format!("<w:p>{run}</w:p>"),
        styled("Mine", "Details"),
        styled("lb", "first point"),
        paragraph("<w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"3\"/></w:numPr>", "second point"),
        table,
        styled("c", "Table 1: rates"),
        "<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>".to_owned(),
        paragraph("<w:outlineLvl w:val=\"0\"/>", "Second part"),
        "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></w:txbxContent></mc:Choice>\
         <mc:Fallback><w:p><w:r><w:t>In a box.</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent><w:t>Around it.</w:t></w:r></w:p>".to_owned(),
    ];
    let notes = "<w:footnotes><w:footnote w:type=\"separator\" w:id=\"0\"><w:p/></w:footnote>\
                 <w:footnote w:id=\"2\"><w:p><w:r><w:footnoteRef/><w:t xml:space=\"preserve\"> By the bank.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let comments = "<w:comments><w:comment w:id=\"0\" w:author=\"B\"><w:p><w:r><w:t>Is that so?</w:t></w:r></w:p></w:comment></w:comments>";
    let core = "<cp:coreProperties><dc:title>Rates</dc:title><dc:creator>Ann; Bob</dc:creator>\
                <dcterms:created>2020-01-02T00:00:00Z</dcterms:created></cp:coreProperties>";
    docx(
        &body.concat(),
        &[
            ("word/footnotes.xml", notes),
            ("word/comments.xml", comments),
            ("docProps/core.xml", core),
            ("word/embeddings/sheet.xlsx", "x"),
        ],
    )
}

/// A document in Chinese as Word saved it, with the pages it had there.
pub fn chinese() -> Vec<u8> {
    let rendered = "<w:p><w:r><w:t>第一页的文字，</w:t><w:lastRenderedPageBreak/><w:t>到第二页继续。</w:t></w:r></w:p>";
    let row = |mark: &str, a: &str, b: &str| {
        format!(
            "<w:tr><w:tc><w:p><w:r>{mark}<w:t>{a}</w:t></w:r></w:p></w:tc>{}</w:tr>",
            cell("", b)
        )
    };
    let table = format!(
        "<w:tbl>{}{}{}</w:tbl>",
        row("", "项目", "金额"),
        row("", "营业收入", "186,420"),
        row("<w:lastRenderedPageBreak/>", "营业成本", "152,310"),
    );
    let body = [styled("1", "年度报告"), rendered.to_owned(), table, paragraph("", "完。")];
    docx(&body.concat(), &[])
}

/// A document whose lists are counted so.
pub fn with_numbering(body: &str, lists: &str) -> Vec<u8> {
    let numbering =
        format!("<?xml version=\"1.0\"?><w:numbering xmlns:w=\"{W}\">{lists}</w:numbering>");
    docx(body, &[("word/numbering.xml", &numbering)])
}
