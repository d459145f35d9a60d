//! Events of Markdown, put together to blocks. Not here: what a format makes of them.

use super::{Block, Inline, Row, Run};
use crate::guard::{CLOSE, OPEN, events, guard_markers, unguarded};
use crate::line::lines;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};
use yinju_core::Answer;
use yinju_core::text::is_cjk;

/// Nothing nests deeper, whatever was written: every program that lays it out calls itself on it.
const DEEPEST: usize = 8;

/// The answer's text.
pub(crate) fn blocks(answer: &Answer) -> Vec<Block> {
    let guarded = guard_markers(answer);
    let mut builder = Builder { open: vec![Open::default()], ..Builder::default() };
    for event in events(&guarded) {
        builder.take(event);
    }
    builder.end_paragraph();
    builder.open.swap_remove(0).blocks
}

/// A list, quotation or table that is being read.
#[derive(Default)]
struct Open {
    start: Option<u64>,
    blocks: Vec<Block>,
    items: Vec<Vec<Block>>,
    rows: Vec<Row>,
}

#[derive(Default)]
struct Builder {
    /// Never empty: the first is the answer.
    open: Vec<Open>,
    /// How many containers are too deep to be one.
    too_deep: usize,
    text: Vec<Inline>,
    row: Row,
    face: Run,
    code: Option<String>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.begin(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.add_text(&text),
            Event::Code(text) => {
                let text = lines(&unguarded(&text));
                self.text.push(Inline::Run(Run { text, code: true, ..self.face.clone() }));
            }
            Event::SoftBreak => self.add_soft_break(),
            Event::HardBreak => self.text.push(Inline::Break),
            Event::Rule => self.push(Block::Rule),
            _ => {}
        }
    }

    fn begin(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Emphasis => self.face.italic = true,
            Tag::Strong => self.face.bold = true,
            Tag::Strikethrough => self.face.strike = true,
            Tag::CodeBlock(_) => {
                self.end_paragraph();
                self.code = Some(String::new());
            }
            Tag::List(start) => self.open(*start),
            Tag::Item | Tag::BlockQuote(_) | Tag::Table(_) => self.open(None),
            Tag::Heading { .. } => self.end_paragraph(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.face.italic = false,
            TagEnd::Strong => self.face.bold = false,
            TagEnd::Strikethrough => self.face.strike = false,
            TagEnd::Paragraph => self.end_paragraph(),
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::TableCell => self.row.push(std::mem::take(&mut self.text)),
            TagEnd::TableHead | TagEnd::TableRow => self.end_row(),
            TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_) | TagEnd::Table => {
                self.close(tag);
            }
            _ => {}
        }
    }

    fn open(&mut self, start: Option<u64>) {
        self.end_paragraph();
        if self.open.len() > DEEPEST || self.too_deep > 0 {
            self.too_deep += 1;
        } else {
            self.open.push(Open { start, ..Open::default() });
        }
    }

    fn close(&mut self, tag: TagEnd) {
        self.end_paragraph();
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let Some(mut closed) = self.open.pop() else { return };
        match tag {
            TagEnd::Item => self.top().items.push(closed.blocks),
            TagEnd::List(_) => {
                // Of items that were too deep to be some.
                let loose = Some(closed.blocks).filter(|blocks| !blocks.is_empty());
                closed.items.extend(loose);
                self.push(Block::List { start: closed.start, items: closed.items });
            }
            TagEnd::BlockQuote(_) => self.push(Block::Quote { blocks: closed.blocks }),
            TagEnd::Table => {
                let columns = closed.rows.iter().map(Vec::len).max().unwrap_or(0);
                self.push(Block::Table { columns, rows: closed.rows });
            }
            _ => {}
        }
    }

    fn top(&mut self) -> &mut Open {
        if self.open.is_empty() {
            self.open.push(Open::default());
        }
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn push(&mut self, block: Block) {
        self.top().blocks.push(block);
    }

    fn end_paragraph(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            self.push(Block::Paragraph { text });
        }
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        let text = std::mem::take(&mut self.text);
        self.push(Block::Heading { level: level as u8, text });
    }

    fn end_code(&mut self) {
        let text = self.code.take().unwrap_or_default();
        self.push(Block::Code { text: lines(text.trim_end_matches('\n')) });
    }

    fn end_row(&mut self) {
        let row = std::mem::take(&mut self.row);
        if self.too_deep > 0 {
            let cells = row.into_iter().filter(|cell| !cell.is_empty());
            let cells: Vec<Block> = cells.map(|text| Block::Paragraph { text }).collect();
            self.top().blocks.extend(cells);
        } else {
            self.top().rows.push(row);
        }
    }

    fn add_soft_break(&mut self) {
        let close = self.text.last().is_some_and(|last| match last {
            Inline::Run(run) => run.text.ends_with(is_cjk),
            _ => true,
        });
        if !close {
            self.add_run(" ");
        }
    }

    fn add_text(&mut self, text: &str) {
        if let Some(code) = &mut self.code {
            code.push_str(&unguarded(text));
            return;
        }
        let mut rest = text;
        while let Some((before, marker, after)) = next_marker(rest) {
            self.add_run(before);
            self.text.push(Inline::Marker { marker });
            rest = after;
        }
        self.add_run(rest);
    }

    fn add_run(&mut self, text: &str) {
        let text = lines(text);
        let face = Run { text: String::new(), ..self.face.clone() };
        match self.text.last_mut() {
            _ if text.is_empty() => {}
            Some(Inline::Run(run)) if run.same_face(&face) => run.text.push_str(&text),
            _ => self.text.push(Inline::Run(Run { text, ..face })),
        }
    }
}

/// The text before the next marker, its number, and the text behind it.
fn next_marker(text: &str) -> Option<(&str, u32, &str)> {
    let (before, rest) = text.split_once(OPEN)?;
    let (number, after) = rest.split_once(CLOSE)?;
    Some((before, number.parse().ok()?, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn of(text: &str, cited: u32) -> Vec<Block> {
        blocks(&sample::answer(text, cited))
    }

    fn plain(text: &str) -> Inline {
        Inline::Run(Run { text: text.into(), ..Run::default() })
    }

    #[test]
    fn markers_split_text_and_not_code() {
        let marked = vec![plain("甲"), Inline::Marker { marker: 1 }, plain("，乙 [7] ")];
        let code = Inline::Run(Run { text: "a[1]".into(), code: true, ..Run::default() });
        let text = [marked, vec![code]].concat();
        assert_eq!(of("甲[1]，乙 [7] `a[1]`", 1), [Block::Paragraph { text }]);
    }

    #[test]
    fn lists_tables_and_quotations() {
        insta::assert_debug_snapshot!(of(
            "3. a\n   - b\n\n> c\n> d\n\n| x | y |\n|---|---|\n| *1* | 2[1] |\n\n## e",
            1
        ));
    }

    #[test]
    fn nesting_ends_somewhere_and_no_text_is_lost() {
        let deep = format!("{}x\n\ny", "> ".repeat(500));
        let shown = format!("{:?}", of(&deep, 0));
        assert!(shown.contains("\"x\"") && shown.contains("\"y\""));
        assert!(shown.matches("Quote").count() <= DEEPEST);
        let item = |depth: usize| format!("{}- item {depth}", "  ".repeat(depth));
        let list = (0..60).map(item).collect::<Vec<_>>().join("\n");
        let shown = format!("{:?}", of(&list, 0));
        assert!((0..60).all(|depth| shown.contains(&format!("item {depth}"))));
    }
}
