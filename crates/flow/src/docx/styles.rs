//! `styles.xml`: which paragraph styles are headings, captions and lists.

use crate::xml::{Visitor, attribute};
use quick_xml::events::BytesStart;
use std::collections::HashMap;

/// Styles are based on one another, in a ring if somebody wishes so.
const LONGEST_CHAIN: usize = 20;

/// What a paragraph style makes of its paragraphs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct StyleSays {
    /// The level of a heading, from 1; 0 where it says that it is none.
    pub heading: Option<u8>,
    pub is_caption: bool,
    /// The list its paragraphs stand in, and the level in it.
    pub list: Option<String>,
    pub level: Option<usize>,
    /// The style that names the list: this one, or one it is based on.
    pub list_style: Option<String>,
    based_on: Option<String>,
}

/// All paragraph styles by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles {
    found: HashMap<String, StyleSays>,
    open: Option<(String, StyleSays)>,
}

impl Styles {
    /// What a style says.
    pub(super) fn get(&self, id: &str) -> StyleSays {
        self.found.get(id).cloned().unwrap_or_default()
    }

    /// The same with what styles take over from those they are based on.
    pub(super) fn resolved(self) -> Self {
        let resolved = |id: &String| {
            let mut says = self.get(id);
            let mut below = says.based_on.clone();
            for _ in 0..LONGEST_CHAIN {
                let Some(base) = below.as_ref().and_then(|id| self.found.get(id)) else { break };
                says.heading = says.heading.or(base.heading);
                says.is_caption |= base.is_caption;
                if says.list.is_none() {
                    says.list.clone_from(&base.list);
                    says.list_style.clone_from(&base.list_style);
                }
                says.level = says.level.or(base.level);
                below.clone_from(&base.based_on);
            }
            (id.clone(), says)
        };
        Self { found: self.found.keys().map(resolved).collect(), open: None }
    }
}

impl Visitor for Styles {
    fn open(&mut self, name: &str, element: &BytesStart<'_>) {
        if name == "style" {
            self.open = attribute(element, "styleId").map(|id| (id, StyleSays::default()));
        }
        let Some((id, says)) = &mut self.open else { return };
        let value = || attribute(element, "val").unwrap_or_default();
        match name {
            "name" => says.take_name(&value().to_lowercase()),
            "basedOn" => says.based_on = Some(value()),
            "outlineLvl" => says.heading = heading_of_outline(&value()).or(says.heading),
            "numId" => (says.list, says.list_style) = (Some(value()), Some(id.clone())),
            "ilvl" => says.level = value().parse().ok(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if name == "style" {
            self.found.extend(self.open.take());
        }
    }

    fn text(&mut self, _: &str) {}
}

impl StyleSays {
    /// Built-in styles keep their English names in every language of Word.
    fn take_name(&mut self, name: &str) {
        let level = name.strip_prefix("heading ").or_else(|| name.strip_prefix("标题 "));
        let level = level.and_then(|level| level.trim().parse().ok());
        self.heading = self.heading.or(level.filter(|level| (1..=9).contains(level)));
        self.heading = self.heading.or((name == "title").then_some(1));
        self.is_caption = name == "caption";
    }
}

/// `w:outlineLvl`: 0 to 8 are headings, 9 is body text.
pub(super) fn heading_of_outline(value: &str) -> Option<u8> {
    let level: u8 = value.parse().ok()?;
    Some(if level < 9 { level + 1 } else { 0 })
}
