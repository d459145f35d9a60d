//! EPUB books, small and whole.

use super::archive;

const CONTAINER: &str = r#"<?xml version="1.0"?><container version="1.0"
 xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
 <rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>"#;

/// A document of a book.
pub fn xhtml(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><!DOCTYPE html>\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xmlns:epub=\"http://www.idpf.org/2007/ops\">\
         <head><title/><script src=\"x.js\"/></head><body>{body}</body></html>"
    )
}

/// A book of EPUB 3 with these documents as `text/0.xhtml` and so on, and these parts besides.
pub fn epub(metadata: &str, toc: &str, documents: &[String], more: &[(&str, &str)]) -> Vec<u8> {
    let items: String = (0..documents.len())
        .map(|i| {
            format!(
                "<item id=\"d{i}\" href=\"text/{i}.xhtml\" media-type=\"application/xhtml+xml\"/>"
            )
        })
        .collect();
    let spine: String =
        (0..documents.len()).map(|i| format!("<itemref idref=\"d{i}\"/>")).collect();
    let opf = format!(
        "<?xml version=\"1.0\"?><package xmlns=\"http://www.idpf.org/2007/opf\" version=\"3.0\">\
         <metadata xmlns:dc=\"http://purl.org/dc/elements/1.1/\">{metadata}</metadata><manifest>{items}\
         <item id=\"nav\" href=\"nav.xhtml\" properties=\"nav\" media-type=\"application/xhtml+xml\"/>\
         </manifest><spine>{spine}</spine></package>"
    );
    let nav = xhtml(&format!("<nav epub:type=\"toc\"><h1>Contents</h1>{toc}</nav>"));
    let names: Vec<String> =
        (0..documents.len()).map(|i| format!("OEBPS/text/{i}.xhtml")).collect();
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("mimetype", b"application/epub+zip"),
        ("META-INF/container.xml", CONTAINER.as_bytes()),
        ("OEBPS/content.opf", opf.as_bytes()),
        ("OEBPS/nav.xhtml", nav.as_bytes()),
    ];
    parts.extend(names.iter().zip(documents).map(|(n, d)| (n.as_str(), d.as_bytes())));
    parts.extend(more.iter().map(|(name, text)| (*name, text.as_bytes())));
    archive(&parts)
}

/// A book in English: chapters, a printed page, a note, a cover without text.
pub fn english() -> Vec<u8> {
    let documents = [
        "<img src='cover.png' alt='Cover'/>".to_owned(),
        "<h1>Harbour</h1><p>The ships came in &#8212; one&nbsp;by one.</p>\
         <span epub:type='pagebreak' title='12'/><p id='later'>Later they left.<a href='#n'>1</a></p>\
         <aside id='n' epub:type='footnote'><p>1 All but one.</p></aside>"
            .to_owned(),
        "<h1>Sea</h1><table><tr><th>Ship</th><th>Crew</th></tr><tr><td>Anna</td><td>12</td></tr></table>"
            .to_owned(),
    ];
    let toc = "<ol><li><a href='text/1.xhtml'>Harbour</a><ol><li><a href='text/1.xhtml#later'>\
               <span>Later</span></a></li></ol></li><li><a href='text/2.xhtml'>Sea</a></li></ol>";
    let metadata = "<dc:title>The Harbour &amp; the Sea</dc:title><dc:creator>Ann Author</dc:creator>\
                    <dc:date>2019-04-01</dc:date>";
    epub(metadata, toc, &documents.map(|body| xhtml(&body)), &[])
}

/// A book in Chinese, its chapters in one document longer than a page.
pub fn chinese() -> Vec<u8> {
    let paragraph = format!("<p>{}</p>", "船一艘接一艘地驶进了港口。".repeat(50));
    let body =
        format!("<h1>第一章 港口</h1>{}<h2 id='b'>傍晚</h2><p>天黑了。</p>", paragraph.repeat(6));
    let toc = "<ol><li><a href='text/0.xhtml'>第一章 港口</a></li><li><a href='text/0.xhtml#b'>傍晚</a></li></ol>";
    let metadata =
        "<dc:title>港口</dc:title><dc:creator>张三</dc:creator><dc:creator>李四</dc:creator>";
    epub(metadata, toc, &[xhtml(&body)], &[])
}
