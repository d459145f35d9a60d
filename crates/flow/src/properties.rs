//! What office documents say of themselves: `docProps/core.xml` of Office Open XML and `meta.xml` of
//! OpenDocument, which name alike what both take from Dublin Core.

use crate::flow::tidy;
use crate::xml::Visitor;
use quick_xml::events::BytesStart;
use yinju_core::document::DocumentInfo;

/// Title, authors and date.
#[derive(Default)]
pub(crate) struct Properties {
    pub info: DocumentInfo,
    text: String,
}

impl Visitor for Properties {
    fn open(&mut self, _: &str, _: &BytesStart<'_>) {
        self.text.clear();
    }

    fn close(&mut self, name: &str) {
        let text = tidy(&std::mem::take(&mut self.text));
        match name {
            "title" => self.info.title = text,
            // OpenDocument has who wrote the file first, and who last; the first stands before.
            "creator" | "initial-creator" if self.info.authors.is_empty() => {
                let names = text.iter().flat_map(|names| names.split(';')).filter_map(tidy);
                self.info.authors = names.collect();
            }
            "created" | "creation-date" => self.info.created = text,
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.text.push_str(text);
    }
}
