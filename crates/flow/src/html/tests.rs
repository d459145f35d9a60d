//! What is read of a page, and what is not.

use super::*;

fn check(html: &str, expected: &[&str]) {
    let shown = |piece: &Piece| match piece.kind {
        BlockKind::Heading => format!("h{} {}", piece.level.unwrap_or_default(), piece.text),
        BlockKind::Paragraph => piece.text.clone(),
        kind => format!("{kind:?}: {}", piece.text),
    };
    assert_eq!(pieces(html).iter().map(shown).collect::<Vec<_>>(), expected, "{html}");
}

#[test]
fn blocks_have_their_kinds() {
    check(
        "<h2>One</h2>text <b>bold</b>text<p>two<br>lines",
        &["h2 One", "text boldtext", "two\nlines"],
    );
    check("<ul><li>a<ul><li>b</ul>c</ul>d", &["ListItem: a", "ListItem: b", "ListItem: c", "d"]);
    check("<figure><img><figcaption>图 1</figcaption></figure>", &["Caption: 图 1"]);
    check("<pre>a\n  b\n\nc</pre>", &["a\n  b", "c"]);
    check("<aside epub:type='footnote'><p>n</p></aside>", &["Footnote: n"]);
    check("<blockquote>a<p>b</p>c</blockquote>", &["a", "b", "c"]);
}

#[test]
fn what_is_not_text_of_the_document_is_left_out() {
    check(
        "<title>t</title><style>s</style><nav>n</nav><p hidden>h</p><script>x</script>\
         <svg><text>v</text></svg><p>text</p><footer>f</footer>",
        &["text", "Footer: f"],
    );
    check("<ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp>字</ruby>", &["漢字"]);
}

#[test]
fn tables_of_data_are_tables() {
    check(
        "<table><caption>C</caption><thead><tr><th>h<th>i</thead><tr><td>a<td>b<br>c</table>",
        &["Caption: C", "Table: h\ti\na\tb c"],
    );
    let table = pieces("<table><tr><th>a<th>b<tr><th>c<td>d</table>").remove(0).table.unwrap();
    assert_eq!((table.header_rows, table.rows.len()), (1, 2));
}

#[test]
fn tables_of_layout_are_walked_through() {
    check(
        "<table><tr><td><h1>T</h1><td><table><tr><td>a<td>b</table></table>",
        &["h1 T", "Table: a\tb"],
    );
    check("<table><tr><td>only<tr><td>column</table>", &["only", "column"]);
}

#[test]
fn printed_pages_are_labels() {
    let pieces = pieces("<p>a</p><span role='doc-pagebreak' title='12'>12</span><p>b</p>");
    assert_eq!(pieces[1].label.as_deref(), Some("12"));
    assert_eq!(pieces[1].text, "b");
}

#[test]
fn the_head_says_who_and_when() {
    let reading = Reading::of(
        "<head><title> A\n title</title><meta name=author content=Ann><meta name=DC.date content=2024>",
    );
    assert_eq!(reading.info.title.as_deref(), Some("A title"));
    assert_eq!(reading.info.authors, ["Ann"]);
    assert_eq!(reading.info.created.as_deref(), Some("2024"));
}

#[test]
fn deep_trees_do_not_end_the_stack() {
    let deep = format!("{}x", "<b><i>".repeat(5_000));
    check(&deep, &["x"]);
    let tables = "<table><tr><td>".repeat(500);
    check(&format!("{tables}x"), &["x"]);
}
