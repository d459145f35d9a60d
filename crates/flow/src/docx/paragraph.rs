//! A paragraph of Word on its way to becoming blocks.

use super::styles::{StyleSays, Styles};
use super::write_lines;
use crate::builder::{Builder, Style};
use crate::flow::Piece;
use yinju_core::BlockKind;

/// A paragraph being read.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub style: Option<String>,
    /// As [`StyleSays::heading`], said by the paragraph itself.
    pub outline: Option<u8>,
    /// Whether it stands in a list, said by the paragraph itself.
    pub numbered: Option<bool>,
    /// The page ends after it.
    pub ends_section: bool,
    /// Text, divided where pages begin.
    parts: Vec<Part>,
}

#[derive(Debug, Default)]
struct Part {
    begins_page: bool,
    text: String,
    notes: Vec<Piece>,
}

impl Paragraph {
    pub(super) fn text(&mut self, text: &str) {
        self.last().text.push_str(text);
    }

    pub(super) fn notes(&mut self, notes: &[Piece]) {
        self.last().notes.extend_from_slice(notes);
    }

    /// A page begins here.
    pub(super) fn page_break(&mut self) {
        self.parts.push(Part { begins_page: true, ..Part::default() });
    }

    fn last(&mut self) -> &mut Part {
        if self.parts.is_empty() {
            self.parts.push(Part::default());
        }
        self.parts.last_mut().expect("one was put there")
    }

    /// Writes it as a block a part.
    pub(super) fn write(self, builder: &mut Builder, styles: &Styles, around: Option<BlockKind>) {
        let says = self.style.as_deref().map(|id| styles.get(id)).unwrap_or_default();
        builder.style(self.block_style(&says, around));
        for part in self.parts {
            if part.begins_page {
                builder.page_break();
            }
            write_lines(builder, &part.text);
            part.notes.into_iter().for_each(|note| builder.note(note));
            builder.end_block();
        }
        if self.ends_section {
            builder.page_break();
        }
    }

    fn block_style(&self, says: &StyleSays, around: Option<BlockKind>) -> Style {
        if let Some(kind) = around {
            return Style::of(kind);
        }
        match self.outline.or(says.heading) {
            Some(level) if level > 0 => Style::heading(level),
            _ if says.is_caption => Style::of(BlockKind::Caption),
            _ if self.numbered.unwrap_or(says.is_list) => Style::of(BlockKind::ListItem),
            _ => Style::PLAIN,
        }
    }
}
