//! MathML: the formula as LaTeX, as its author wrote it where the page keeps that, else by its structure
//! (MathML 3, chapter 3).

use super::NodeRef;
use crate::formula::{fraction, root, scripts};

/// Formulas in formulas deeper than this are cut.
const DEEPEST: usize = 100;

/// A formula on one line.
pub(super) fn written(math: NodeRef<'_>) -> String {
    let source = math.descendants().find(|node| {
        let element = node.value().as_element();
        let tex = |encoding: &str| encoding.to_ascii_lowercase().contains("tex");
        element.is_some_and(|e| e.name() == "annotation" && e.attr("encoding").is_some_and(tex))
    });
    let text = source.map_or_else(|| inside(math, 0), |node| letters(node));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn letters(node: NodeRef<'_>) -> String {
    node.descendants().filter_map(|n| n.value().as_text().map(|text| &**text)).collect()
}

fn of(node: NodeRef<'_>, depth: usize) -> String {
    let Some(element) = node.value().as_element() else {
        return node.value().as_text().map(|text| text.trim().to_owned()).unwrap_or_default();
    };
    if depth > DEEPEST {
        return String::new();
    }
    let parts = || -> Vec<String> {
        let elements = node.children().filter(|child| child.value().is_element());
        elements.map(|child| of(child, depth + 1)).collect()
    };
    let part = |parts: &[String], at: usize| parts.get(at).cloned().unwrap_or_default();
    match element.name() {
        "mfrac" => fraction(&part(&parts(), 0), &part(&parts(), 1)),
        "msup" | "mover" => scripts(&part(&parts(), 0), "", &part(&parts(), 1)),
        "msub" | "munder" => scripts(&part(&parts(), 0), &part(&parts(), 1), ""),
        "msubsup" | "munderover" => {
            scripts(&part(&parts(), 0), &part(&parts(), 1), &part(&parts(), 2))
        }
        "msqrt" => root("", &inside(node, depth)),
        "mroot" => root(&part(&parts(), 1), &part(&parts(), 0)),
        "mfenced" => format!("({})", parts().join(", ")),
        "mtable" => parts().join(" \\\\ "),
        "mtr" => parts().join(" & "),
        "annotation" | "annotation-xml" | "mphantom" => String::new(),
        _ => inside(node, depth),
    }
}

fn inside(node: NodeRef<'_>, depth: usize) -> String {
    node.children().map(|child| of(child, depth + 1)).collect()
}
