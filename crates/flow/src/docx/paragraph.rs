//! A paragraph of Word on its way to becoming blocks.

use super::numbering::Numbering;
use super::styles::{StyleSays, Styles};
use super::write_lines;
use crate::builder::{Builder, Style};
use crate::flow::Piece;
use yinju_core::BlockKind;
use yinju_core::raised::raised;

/// A paragraph being read.
#[derive(Debug, Default)]
pub(super) struct Paragraph {
    pub style: Option<String>,
    /// As [`StyleSays::heading`], said by the paragraph itself.
    pub outline: Option<u8>,
    /// The list it stands in, said by the paragraph itself; `0` for none.
    pub list: Option<String>,
    /// The level of it, from 0.
    pub level: Option<usize>,
    /// The page ends after it.
    pub ends_section: bool,
    /// Its end, or text in it, is hidden or was deleted.
    pub end_is_gone: bool,
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

    /// Characters that stand raised beside those before them.
    pub(super) fn raised(&mut self, text: &str) {
        let written = raised(&self.last().text, text, "");
        self.last().text.push_str(&written);
    }

    /// The list and the level in it, where it stands in one: the level as the paragraph says, as
    /// its style does, or the one that the list keeps for that style. An empty paragraph counts
    /// unless its end is hidden or deleted.
    pub(super) fn place_in_list(
        &self,
        styles: &Styles,
        numbering: &Numbering,
    ) -> Option<(String, usize)> {
        let says = self.style.as_deref().map(|id| styles.get(id)).unwrap_or_default();
        let list = self.list.clone().or(says.list).filter(|list| list != "0")?;
        if self.is_empty() && self.end_is_gone {
            return None;
        }
        let own = || numbering.level_of_style(&list, says.list_style.as_deref()?);
        let level = self.level.or(says.level).or_else(own).unwrap_or(0);
        Some((list, level))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.text.trim().is_empty())
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
    pub(super) fn write(
        self,
        builder: &mut Builder,
        styles: &Styles,
        around: Option<BlockKind>,
        lead: &str,
    ) {
        let says = self.style.as_deref().map(|id| styles.get(id)).unwrap_or_default();
        builder.style(self.block_style(&says, around));
        let mut lead = Some(lead);
        for part in self.parts {
            if part.begins_page {
                builder.page_break();
            }
            if !part.text.trim().is_empty() {
                builder.text(lead.take().unwrap_or_default());
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
            _ if self.list.as_ref().or(says.list.as_ref()).is_some_and(|list| list != "0") => {
                Style::of(BlockKind::ListItem)
            }
            _ => Style::PLAIN,
        }
    }
}
