//! Small steps through XML. Entities other than the five of XML itself and numbered characters are
//! never looked up or expanded: a document type declaration is passed over.

use crate::decode;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, Writer, XmlVersion};

/// What a walk through XML meets.
pub(crate) trait Visitor {
    /// An element begins; its name is without prefix.
    fn open(&mut self, name: &str, element: &BytesStart<'_>);
    /// An element ends.
    fn close(&mut self, name: &str);
    /// Characters.
    fn text(&mut self, text: &str);
}

/// Walks through a part from its start to its end, or to the place where it stops being XML; then
/// the reason is returned and what was met before stands.
pub(crate) fn walk(bytes: &[u8], visitor: &mut dyn Visitor) -> Result<(), String> {
    let text = decode::markup(bytes).text;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    loop {
        match reader.read_event().map_err(|error| error.to_string())? {
            Event::Start(element) => visitor.open(element.local_name().as_ref(), &element),
            Event::End(element) => visitor.close(element.local_name().as_ref()),
            Event::Text(text) => visitor.text(&text.into_inner()),
            Event::CData(text) => visitor.text(&text.into_inner()),
            Event::GeneralRef(entity) => {
                if let Some(text) = resolved(&entity) {
                    visitor.text(&text);
                }
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// An attribute, by its name without prefix.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found =
        attributes.with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    let value = found.normalized_value(XmlVersion::Implicit1_0);
    Some(value.map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned))
}

fn resolved(entity: &BytesRef<'_>) -> Option<String> {
    if let Ok(Some(c)) = entity.resolve_char_ref() {
        return Some(c.to_string());
    }
    let name = entity.borrow().into_inner();
    resolve_predefined_entity(&name).map(str::to_owned)
}

/// XHTML in the form an HTML parser reads alike: `<title/>` becomes `<title></title>`, which HTML would
/// take for the start of a title without end. From where it stops looking like XML it stays as it is.
pub(crate) fn without_empty_tags(xhtml: &str) -> String {
    let mut reader = Reader::from_str(xhtml);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) =
        (false, true, true);
    let mut writer = Writer::new(Vec::with_capacity(xhtml.len()));
    let mut written_to = 0;
    while let Ok(event) = reader.read_event() {
        if matches!(event, Event::Eof) || write_html(&mut writer, event).is_none() {
            break;
        }
        written_to = reader.buffer_position() as usize;
    }
    let mut html = String::from_utf8(writer.into_inner()).unwrap_or_default();
    html.push_str(xhtml.get(written_to..).unwrap_or_default());
    html
}

fn write_html(writer: &mut Writer<Vec<u8>>, event: Event<'_>) -> Option<()> {
    match event {
        Event::Empty(element) if !is_void(element.name().as_ref()) => {
            let end = element.to_end().into_owned();
            writer.write_event(Event::Start(element)).ok()?;
            writer.write_event(Event::End(end)).ok()
        }
        Event::CData(text) => writer.write_event(Event::Text(text.escape().ok()?)).ok(),
        // HTML takes both for comments.
        Event::Decl(_) | Event::PI(_) => Some(()),
        other => writer.write_event(other).ok(),
    }
}

/// HTML 13.1.2: elements that have no end tag.
fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Told(String);

    impl Visitor for Told {
        fn open(&mut self, name: &str, element: &BytesStart<'_>) {
            let value = attribute(element, "val").unwrap_or_default();
            self.0.extend(["<", name, &value, ">"]);
        }
        fn close(&mut self, name: &str) {
            self.0.extend(["</", name, ">"]);
        }
        fn text(&mut self, text: &str) {
            self.0 += text;
        }
    }

    fn check(xml: &str, expected: &str) {
        let mut told = Told::default();
        let ended = walk(xml.as_bytes(), &mut told);
        assert_eq!(format!("{}{}", told.0, if ended.is_err() { "!" } else { "" }), expected);
    }

    #[test]
    fn prefixes_and_entities_are_undone() {
        check("<w:p w:val='a&lt;b'>x&amp;&#x4E2D;<![CDATA[<]]></w:p>", "<pa<b>x&中<</p>");
        check("<a/>", "<a></a>");
    }

    #[test]
    fn entities_of_a_document_type_are_not_expanded() {
        check("<!DOCTYPE a [<!ENTITY b 'bbbb'>]><a>x&b;y</a>", "<a>xy</a>");
    }

    #[test]
    fn what_stood_before_the_damage_stands() {
        check("<a>one<b>two</a>", "<a>one<b>two!");
    }

    #[test]
    fn empty_tags_are_written_out() {
        let check = |xhtml: &str, expected: &str| assert_eq!(without_empty_tags(xhtml), expected);
        check(
            "<?xml version='1.0'?><p><title/>a<br/>&nbsp;<i></i></p>",
            "<p><title></title>a<br/>&nbsp;<i></i></p>",
        );
        check("<p><br></b>a & b<i/>", "<p><br></b>a & b<i></i>");
        check("<a/>x<![CDATA[<]]><!-- cut <p/>", "<a></a>x&lt;<!-- cut <p/>");
    }
}
