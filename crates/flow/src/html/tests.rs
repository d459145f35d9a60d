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

/// A page as news sites build them.
const NEWS: &str = "<title>Bridges of Lyon | The Daily</title><div id='cookie-banner' class='cookie'><p>We value \
    your privacy. We and our partners store cookies on your device.</p></div><header><a href='/'>The Daily</a>\
    <ul class='menu'><li><a href='/w'>World</a><li><a href='/s'>Sport</a></ul></header><div class='layout'><main>\
    <article><h1>Bridges of Lyon</h1><p class='byline'>By Ann Lee, 4 July 2023</p>\
    <p>The Pont de la Guillotière was for centuries the only bridge over the Rhône in Lyon, and it was rebuilt in \
    1953 with a width of 30 metres, which made it the widest of the city at that time.</p>\
    <p>Engineers, who measured the piers in 2019, found that the foundations had moved by 4 millimetres, less than \
    had been feared, and that no repair was needed before 2035.</p>\
    <h2>Costs</h2><p>The city spent 12.5 million euro on repairs, according to the budget of 2022, of which a \
    third came from the state, and the rest from the region.</p><ul><li>Pont Wilson: 1918</li></ul></article></main>\
    <aside class='sidebar'><h3>Most read</h3><ul><li><a href='1'>Ten recipes for summer</a></li></ul>\
    <p>Sign up for our newsletter.</p></aside></div><div class='related'><h3>You may also like</h3>\
    <div><a href='x'>Tunnel closed for 12 weeks</a></div></div>";

#[test]
fn around_an_article_nothing_is_searched() {
    let mut pieces = pieces(NEWS);
    article::set_apart(NEWS, &mut pieces);
    let (apart, kept): (Vec<_>, Vec<_>) =
        pieces.iter().partition(|piece| piece.kind == BlockKind::Footer);
    let texts =
        |pieces: &[&Piece]| pieces.iter().map(|p| p.text.clone()).collect::<Vec<_>>().join("\n");
    for words in ["Bridges of Lyon", "By Ann Lee", "1953", "Costs", "12.5 million", "Pont Wilson"] {
        assert!(texts(&kept).contains(words), "{words} is not in {}", texts(&kept));
    }
    for words in ["privacy", "World", "Most read", "recipes", "newsletter", "Tunnel closed"] {
        assert!(texts(&apart).contains(words), "{words} is not in {}", texts(&apart));
    }
}

#[test]
fn of_a_manual_nothing_is_set_apart() {
    let chapter = |at: usize| {
        let words =
            format!("Chapter {at} tells how the pump is run, cleaned, and put away, in steps. ")
                .repeat(6);
        format!("<div class='chapter'><h2>Part {at}</h2><p>{words}</p><p>{words}</p></div>")
    };
    let html: String = format!("<h1>The pump</h1>{}", (1..6).map(chapter).collect::<String>());
    let mut pieces = pieces(&html);
    article::set_apart(&html, &mut pieces);
    assert!(pieces.iter().all(|piece| piece.kind != BlockKind::Footer));
}
