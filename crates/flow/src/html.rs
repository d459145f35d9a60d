//! HTML: the tree a browser would build → pieces. What a browser would not show as text of the document
//! (scripts, styles, navigation, controls, hidden elements, drawings) is left out; nothing is run or
//! fetched.

use crate::FlowError;
use crate::builder::{Builder, Style};
use crate::flow::{Flow, Piece, tidy};
use crate::picture::{self, Picture};
use crate::source::Source;
use crate::{decode, grid, text, xml};
use scraper::node::Element;
use scraper::{Html, Node};
use yinju_core::BlockKind;
use yinju_core::document::DocumentInfo;

mod article;
mod elements;
mod lists;
mod math;
mod tables;

use elements::{Role, printed_page, role, tick};
use lists::Counting;
use tables::rows;

type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// Tables in tables beyond this depth are read as the layout they are, without a look inside.
const DEEPEST_TABLE: usize = 4;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let decoded = decode::markup(&source.bytes()?);
    if decoded.is_binary() {
        return Err(FlowError::OtherContent { path: source.path.to_owned(), expected: "HTML" });
    }
    let is_xml = decoded.text.trim_start().starts_with("<?xml");
    let mut reading = if is_xml {
        Reading::of(&xml::without_empty_tags(&decoded.text))
    } else {
        Reading::of(&decoded.text)
    };
    article::set_apart(&decoded.text, &mut reading.pieces);
    let mut flow = Flow::single(reading.info, reading.pieces);
    flow.headings_break = true;
    flow.title_from_heading();
    flow.warnings.extend(text::encoding_warning(&decoded));
    Ok(flow)
}

/// The pieces of a document or a part of one.
pub(crate) fn pieces(html: &str) -> Vec<Piece> {
    Reading::of(html).pieces
}

/// What a document holds.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub pieces: Vec<Piece>,
    /// Title, authors and date of the document's head.
    pub info: DocumentInfo,
    /// The `id`s of elements, each with the index of the piece it stands at.
    pub anchors: Vec<(String, usize)>,
    /// Whether there are pictures.
    pub has_pictures: bool,
}

impl Reading {
    /// Reads a document. Whatever the text is, HTML makes a tree of it.
    pub(crate) fn of(html: &str) -> Self {
        let tree = Html::parse_document(html);
        let mut walker = Walker::default();
        walker.walk(tree.tree.root());
        Self {
            pieces: walker.builder.finish(),
            info: head(&tree),
            anchors: walker.anchors,
            has_pictures: walker.has_pictures,
        }
    }
}

fn head(tree: &Html) -> DocumentInfo {
    let mut info = DocumentInfo::default();
    let elements = tree.tree.nodes().filter_map(|node| Some((node, node.value().as_element()?)));
    for (node, element) in elements {
        match element.name() {
            "title" if info.title.is_none() && !in_drawing(node) => {
                let text: String =
                    node.children().filter_map(|n| n.value().as_text().map(|t| &**t)).collect();
                info.title = tidy(&text);
            }
            "meta" => add_meta(&mut info, element),
            "body" => break,
            _ => {}
        }
    }
    info
}

fn in_drawing(node: NodeRef<'_>) -> bool {
    node.parent().and_then(|p| p.value().as_element()).is_some_and(|p| p.name() != "head")
}

fn add_meta(info: &mut DocumentInfo, element: &Element) {
    let name = element.attr("name").or_else(|| element.attr("property")).unwrap_or_default();
    let Some(content) = element.attr("content").and_then(tidy) else { return };
    match name.to_ascii_lowercase().as_str() {
        "author" | "dc.creator" | "citation_author" => info.authors.push(content),
        "date" | "dc.date" | "citation_publication_date" | "article:published_time" => {
            info.created = info.created.take().or(Some(content));
        }
        _ => {}
    }
}

/// One pass through a tree. Trees may be deeper than a stack, so it does not call itself, but for the
/// cells of tables, which hold no tables.
#[derive(Default)]
struct Walker {
    builder: Builder,
    /// The styles around the place, outermost first.
    styles: Vec<Style>,
    anchors: Vec<(String, usize)>,
    has_pictures: bool,
    /// Lists around the place; those without numbers are `None`.
    lists: Vec<Option<Counting>>,
    /// Tables around the place.
    tables: usize,
}

impl Walker {
    fn walk(&mut self, root: NodeRef<'_>) {
        let mut at = Some(root);
        while let Some(node) = at {
            let inside = self.open(node).then(|| node.first_child()).flatten();
            at = inside.or_else(|| self.leave(node, root));
        }
    }

    /// The next node after all of this one, closing whatever ends between.
    fn leave<'a>(&mut self, from: NodeRef<'a>, root: NodeRef<'_>) -> Option<NodeRef<'a>> {
        let mut node = from;
        loop {
            self.close(node);
            if node.id() == root.id() {
                return None;
            }
            if let Some(next) = node.next_sibling() {
                return Some(next);
            }
            node = node.parent()?;
        }
    }

    /// Whether what is inside is to be read.
    fn open(&mut self, node: NodeRef<'_>) -> bool {
        match node.value() {
            Node::Text(text) => self.builder.text(text),
            Node::Element(element) => return self.open_element(node, element),
            _ => {}
        }
        true
    }

    fn open_element(&mut self, node: NodeRef<'_>, element: &Element) -> bool {
        if let Some(label) = printed_page(element) {
            if !label.is_empty() {
                self.builder.label(label);
            }
            return false;
        }
        let role = role(element);
        if role.is_block() {
            self.builder.end_block();
        }
        if let Some(id) = element.id() {
            self.anchors.push((id.to_owned(), self.builder.position()));
        }
        match role {
            Role::Hidden => return false,
            Role::Picture => self.add_picture(element),
            Role::LineBreak => self.builder.line_break(),
            Role::Table => return self.open_table(node),
            Role::Block(own) => {
                self.enter(own);
                self.enter_list(node, element);
            }
            Role::Formula => {
                self.builder.text(&math::written(node));
                return false;
            }
            Role::Raised => {
                let text: String =
                    node.descendants().filter_map(|n| n.value().as_text().map(|t| &**t)).collect();
                self.builder.raised(&text);
                return false;
            }
            Role::Control => {
                let tick = tick(element).map(|tick| format!("{tick} "));
                self.builder.text(&tick.unwrap_or_default());
            }
            Role::Inline | Role::Cell => {}
        }
        // A drawing's text is part of the drawing.
        role != Role::Picture
    }

    /// A picture that stands for a note's mark or a formula says what it stands for.
    fn add_picture(&mut self, element: &Element) {
        self.has_pictures = true;
        let says = element.attr("alt").unwrap_or_default();
        let mut classes = element.classes();
        if classes.any(|class| class.contains("footnote")) {
            self.builder.note(Piece::new(BlockKind::Footnote, None, says.trim().to_owned()));
            return;
        }
        if says.starts_with(['\\', '$']) || says.starts_with("{\\") {
            self.builder.text(&format!("${}$", says.trim_matches('$')));
            return;
        }
        let Some(source) = element.attr("src") else { return };
        let picture = match picture::from_base64(source).filter(|_| source.starts_with("data:")) {
            Some(picture) => picture,
            None => Picture::Named(source.to_owned()),
        };
        // Within a line a picture is a letter or a sign.
        let says = if self.builder.is_within_block() { "" } else { says };
        self.builder.picture(Piece::picture(picture, says));
    }

    fn close(&mut self, node: NodeRef<'_>) {
        let Some(element) = node.value().as_element() else { return };
        let role = role(element);
        if role.is_block() && printed_page(element).is_none() {
            self.builder.end_block();
        }
        match role {
            Role::Block(_) if printed_page(element).is_none() => {
                if matches!(element.name(), "ol" | "ul") {
                    self.lists.pop();
                }
                self.styles.pop();
                self.builder.style(self.style());
            }
            Role::Table => self.tables = self.tables.saturating_sub(1),
            _ => {}
        }
    }

    /// Lists count their points, which are those that stand right in them.
    fn enter_list(&mut self, node: NodeRef<'_>, element: &Element) {
        match element.name() {
            "ol" => self.lists.push(Some(Counting::of(node, element))),
            "ul" => self.lists.push(None),
            "li" => {
                let list = node.parent().and_then(|list| list.value().as_element());
                let counts = list.is_some_and(|list| list.name() == "ol");
                if let (true, Some(Some(counting))) = (counts, self.lists.last_mut()) {
                    self.builder.lead(&counting.lead(element));
                }
            }
            _ => {}
        }
    }

    fn style(&self) -> Style {
        self.styles.last().copied().unwrap_or(Style::PLAIN)
    }

    /// A block without a style of its own has that of the block around it.
    fn enter(&mut self, own: Option<Style>) {
        let style = own.unwrap_or_else(|| self.style());
        self.styles.push(style);
        self.builder.style(style);
    }

    /// A table of data becomes one piece; one that only lays out the page is walked through.
    fn open_table(&mut self, node: NodeRef<'_>) -> bool {
        self.tables += 1;
        let found = (self.tables <= DEEPEST_TABLE).then(|| rows(node)).flatten();
        let Some(table) = found.and_then(|found| grid::lay_out(found.cells, found.header_rows))
        else {
            return true;
        };
        let captions = node
            .children()
            .filter(|n| n.value().as_element().is_some_and(|e| e.name() == "caption"));
        for caption in captions {
            self.builder.extend(pieces_below(caption, Style::of(BlockKind::Caption)));
        }
        self.builder.table(table);
        false
    }
}

/// The pieces inside one node.
fn pieces_below(node: NodeRef<'_>, style: Style) -> Vec<Piece> {
    let mut walker = Walker { tables: DEEPEST_TABLE, ..Walker::default() };
    walker.styles.push(style);
    walker.builder.style(style);
    for child in node.children() {
        walker.walk(child);
    }
    walker.builder.finish()
}

#[cfg(test)]
#[path = "html/tests.rs"]
mod tests;
