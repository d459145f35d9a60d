//! What an element is to a reader of text.

use crate::builder::Style;
use crate::flow::tidy;
use scraper::node::Element;
use yinju_core::BlockKind;

/// What an element does to the text around and inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Part of the line it stands in.
    Inline,
    /// Begins and ends a block, of a kind of its own or of the block around it.
    Block(Option<Style>),
    /// A cell or row of a table that is walked through.
    Cell,
    Table,
    LineBreak,
    /// Stands raised beside what is before it.
    Raised,
    /// A formula, read as a whole.
    Formula,
    /// A field of a form.
    Control,
    Picture,
    /// Nothing of it is text of the document.
    Hidden,
}

impl Role {
    pub(super) fn is_block(self) -> bool {
        matches!(self, Self::Block(_) | Self::Cell | Self::Table)
    }
}

pub(super) fn role(element: &Element) -> Role {
    if is_hidden(element) {
        return Role::Hidden;
    }
    if is_note(element) {
        return Role::Block(Some(Style::of(BlockKind::Footnote)));
    }
    match element.name() {
        // Pronunciations beside Chinese and Japanese characters would tear the words apart.
        "script" | "style" | "template" | "noscript" | "nav" | "head" | "iframe" | "object"
        | "embed" | "audio" | "video" | "map" | "button" | "select" | "datalist" | "textarea"
        | "rt" | "rp" | "rtc" | "annotation" | "annotation-xml" => Role::Hidden,
        "img" | "svg" | "canvas" | "image" => Role::Picture,
        "br" => Role::LineBreak,
        "sup" => Role::Raised,
        "math" => Role::Formula,
        "input" => Role::Control,
        "table" => Role::Table,
        "td" | "th" | "tr" | "thead" | "tbody" | "tfoot" => Role::Cell,
        "li" => Role::Block(Some(Style::of(BlockKind::ListItem))),
        "caption" | "figcaption" => Role::Block(Some(Style::of(BlockKind::Caption))),
        "footer" => Role::Block(Some(Style::of(BlockKind::Footer))),
        "pre" | "listing" | "xmp" => Role::Block(Some(Style { verbatim: true, ..Style::PLAIN })),
        "address" | "article" | "aside" | "blockquote" | "body" | "center" | "dd" | "details"
        | "dialog" | "dir" | "div" | "dl" | "dt" | "fieldset" | "figure" | "form" | "header"
        | "hgroup" | "hr" | "html" | "legend" | "main" | "menu" | "ol" | "optgroup" | "option"
        | "p" | "search" | "section" | "summary" | "ul" => Role::Block(None),
        name => heading_level(name).map_or(Role::Inline, |l| Role::Block(Some(Style::heading(l)))),
    }
}

/// Whether nobody sees it. What only a style sheet hides is not known here.
fn is_hidden(element: &Element) -> bool {
    let style = element.attr("style").unwrap_or_default().to_ascii_lowercase();
    let declares = |name: &str, value: &str| {
        let declarations = style.split(';').filter_map(|part| part.split_once(':'));
        declarations.into_iter().any(|(n, v)| n.trim() == name && v.trim().starts_with(value))
    };
    element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || declares("display", "none")
        || declares("visibility", "hidden")
}

/// The sign of a box to be ticked, or a choice.
pub(super) fn tick(element: &Element) -> Option<&'static str> {
    let is_box = matches!(element.attr("type"), Some("checkbox" | "radio"));
    is_box.then(|| if element.attr("checked").is_some() { "[x]" } else { "[ ]" })
}

/// The level of `h1` to `h6`.
pub(super) fn heading_level(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

/// EPUB's and ARIA's names for notes, and what Markdown's are written as.
fn is_note(element: &Element) -> bool {
    let types = element.attr("epub:type").into_iter().chain(element.attr("role"));
    let named =
        |name| matches!(name, "footnote" | "endnote" | "rearnote" | "doc-footnote" | "doc-endnote");
    types.flat_map(str::split_whitespace).any(named)
        || element.classes().any(|class| class == "footnote-definition")
}

/// The page of the printed book that begins at an element.
pub(super) fn printed_page(element: &Element) -> Option<String> {
    let types = element.attr("epub:type").into_iter().chain(element.attr("role"));
    let named = |name| matches!(name, "pagebreak" | "doc-pagebreak");
    if !types.flat_map(str::split_whitespace).any(named) {
        return None;
    }
    let label = element.attr("title").or_else(|| element.attr("aria-label")).and_then(tidy);
    // Without a name it is a mark all the same.
    Some(label.unwrap_or_default())
}
