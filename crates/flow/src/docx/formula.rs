//! Formulas of Word (OMML, ECMA-376 Part 1, 22.1) as LaTeX.

use crate::formula::{fraction, root, scripts};
use crate::xml::attribute;
use quick_xml::events::BytesStart;

/// A formula being read: its elements that are open, outermost first.
#[derive(Debug, Default)]
pub(super) struct Formula {
    open: Vec<Element>,
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    /// Its own letters and what is inside, in order, each by the name of the element it is of.
    parts: Vec<(String, String)>,
    /// The sign of an operator, and those around what is in brackets.
    signs: [Option<String>; 3],
}

impl Formula {
    pub(super) fn is_open(&self) -> bool {
        !self.open.is_empty()
    }

    pub(super) fn begin(&mut self, name: &str, element: &BytesStart<'_>) {
        let sign = match name {
            "chr" => Some(0),
            "begChr" => Some(1),
            "endChr" => Some(2),
            _ => None,
        };
        // A sign belongs to the element whose properties name it.
        if let (Some(at), Some(of)) = (sign, self.open.iter_mut().rev().nth(1)) {
            of.signs[at] = attribute(element, "val");
        }
        self.open.push(Element { name: name.to_owned(), ..Element::default() });
    }

    pub(super) fn text(&mut self, text: &str) {
        let Some(element) = self.open.last_mut() else { return };
        if element.name == "t" {
            element.parts.push((String::new(), text.to_owned()));
        }
    }

    /// Ends an element; with the outermost the formula is whole.
    pub(super) fn end(&mut self) -> Option<String> {
        let element = self.open.pop()?;
        let written = element.written();
        match self.open.last_mut() {
            Some(around) => {
                around.parts.push((element.name, written));
                None
            }
            None => Some(written),
        }
    }
}

impl Element {
    fn part(&self, name: &str) -> &str {
        self.parts.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text)
    }

    fn all(&self, name: &str) -> Vec<&str> {
        let of_name = self.parts.iter().filter(|(known, _)| known == name);
        of_name.map(|(_, text)| text.as_str()).collect()
    }

    fn written(&self) -> String {
        let sign =
            |at: usize, usual: &str| self.signs[at].clone().unwrap_or_else(|| usual.to_owned());
        match self.name.as_str() {
            "f" => fraction(self.part("num"), self.part("den")),
            "sSup" | "sSub" | "sSubSup" => {
                scripts(self.part("e"), self.part("sub"), self.part("sup"))
            }
            "limLow" => scripts(self.part("e"), self.part("lim"), ""),
            "limUpp" => scripts(self.part("e"), "", self.part("lim")),
            "rad" => root(self.part("deg"), self.part("e")),
            "nary" => {
                let operator = scripts(&sign(0, "∫"), self.part("sub"), self.part("sup"));
                format!("{operator} {}", self.part("e"))
            }
            "d" => format!("{}{}{}", sign(1, "("), self.all("e").join(", "), sign(2, ")")),
            "m" => self.all("mr").join(" \\\\ "),
            "mr" => self.all("e").join(" & "),
            "eqArr" => self.all("e").join(" \\\\ "),
            _ => self.parts.iter().map(|(_, text)| text.as_str()).collect(),
        }
    }
}
