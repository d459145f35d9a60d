//! The numbers before the points of a list (HTML 4.4.5 and 4.4.8), which a browser shows and a tree has not.

use super::NodeRef;
use crate::numbering::Format;
use scraper::node::Element;

/// A numbered list that is being read.
pub(super) struct Counting {
    next: i64,
    step: i64,
    format: Format,
}

impl Counting {
    /// Of an `ol`.
    pub(super) fn of(node: NodeRef<'_>, list: &Element) -> Self {
        let is_reversed = list.attr("reversed").is_some();
        let points = || node.children().filter(is_point).count() as i64;
        let first = || if is_reversed { points() } else { 1 };
        Self {
            next: number(list, "start").unwrap_or_else(first),
            step: if is_reversed { -1 } else { 1 },
            format: Format::of_html(list.attr("type").unwrap_or_default()),
        }
    }

    /// What stands before the next point.
    pub(super) fn lead(&mut self, point: &Element) -> String {
        let own = number(point, "value").unwrap_or(self.next);
        self.next = own.saturating_add(self.step);
        let written =
            u32::try_from(own).map_or_else(|_| own.to_string(), |own| self.format.write(own));
        format!("{written}.")
    }
}

fn is_point(node: &NodeRef<'_>) -> bool {
    node.value().as_element().is_some_and(|element| element.name() == "li")
}

fn number(element: &Element, name: &str) -> Option<i64> {
    element.attr(name)?.trim().parse().ok()
}
