//! Every format, in English and in Chinese, as pages.

mod support;

use support::{books, check_page, read, shown, words};

/// Reads a file, checks what must hold of any, and returns it as a person compares it.
fn pages(name: &str, bytes: &[u8]) -> String {
    let told = read(name, bytes).unwrap_or_else(|problem| panic!("{name}: {problem:?}"));
    told.pages.iter().for_each(check_page);
    shown(&told)
}

#[test]
fn plain_text() {
    let english = "The Harbour\n\nChapter 1\n\nThe ships came in one by one\nand were unloaded.\n\n\
                   They left again.\r\n";
    insta::assert_snapshot!("text_en", pages("a.txt", english.as_bytes()));
    let chinese =
        "第一章 港口\n　　船一艘接一艘地驶进了港口。\n　　天黑了。\n第二章 大海\n　　风起了。\n";
    let (gbk, _, _) = encoding_rs::GBK.encode(chinese);
    insta::assert_snapshot!("text_zh", pages("书.txt", &gbk));
}

#[test]
fn markdown() {
    let english = "---\ntitle: \"Notes\"\nauthor: Ann\ndate: 2024-05-06\n---\n\n# Notes\n\nA *first* line\nand a \
                   second[^1].\n\n- one\n  - two\n\n| a | b |\n|---|---|\n| 1 | `2` |\n\n```rust\nfn main() {\n    \
                   run();\n}\n```\n\n# More\n\n<script>alert(1)</script>\n\n<div>raw <b>HTML</b></div>\n\n[^1]: The note.\n";
    insta::assert_snapshot!("markdown_en", pages("a.md", english.as_bytes()));
    let chinese = "# 引据\n\n在自己的电脑上\n阅读文献。\n\n## 表格\n\n| 项目 | 金额 |\n|:--|--:|\n| 收入 | 186 |\n";
    insta::assert_snapshot!("markdown_zh", pages("说明.markdown", chinese.as_bytes()));
}

#[test]
fn html() {
    let english = "<!doctype html><title>A page</title><meta name=author content='Ann'><nav>Home</nav><main><h1>A \
                   page</h1><p>Caf&eacute; &amp; bar<br>second line<p>x<sub>2</sub><ol><li>one<li>two</ol>\
                   <table><caption>Sums</caption><thead><tr><th rowspan=2>Who<th colspan=2>Sums<tr><th>in<th>out</thead>\
                   <tr><td>Ann<td>1<td>2</table></main><footer>© 2024</footer>";
    insta::assert_snapshot!("html_en", pages("a.html", english.as_bytes()));
    let chinese = "<html><head><meta charset=\"big5\"><title>港口</title></head><body><h1>第一章</h1>\
                   <p>船一艘接一艘地\n駛進了港口。</p><h1>第二章</h1><p>風起了。</p></body></html>";
    let (big5, _, _) = encoding_rs::BIG5.encode(chinese);
    insta::assert_snapshot!("html_zh", pages("頁.htm", &big5));
}

#[test]
fn epub() {
    insta::assert_snapshot!("epub_en", pages("a.epub", &books::english()));
    insta::assert_snapshot!("epub_zh", pages("书.epub", &books::chinese()));
}

#[test]
fn docx() {
    insta::assert_snapshot!("docx_en", pages("a.docx", &words::english()));
    insta::assert_snapshot!("docx_zh", pages("文.docx", &words::chinese()));
}

#[test]
fn files_inside_a_document_are_named() {
    let told = read("a.docx", &words::english()).unwrap();
    assert_eq!(told.info.attachments, ["sheet.xlsx"]);
}
