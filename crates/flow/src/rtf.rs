//! RTF (Rich Text Format 1.9.1): text with its headings, tables, notes and the numbers Word wrote before its
//! items. Read here, as the readers there are take bytes of Chinese code pages for Latin letters.

use crate::FlowError;
use crate::builder::{Builder, Style};
use crate::flow::{Flow, Piece, tidy};
use crate::grid::{self, Cell};
use crate::sheets;
use crate::source::Source;
use encoding_rs::Encoding;
use std::collections::HashMap;
use yinju_core::BlockKind;
use yinju_core::document::DocumentInfo;

const EXPECTED: &str = "an RTF document";
/// Groups in groups deeper than this are no document.
const DEEPEST: usize = 500;

pub(crate) fn read(source: &Source<'_>) -> Result<Flow, FlowError> {
    let bytes = source.bytes()?;
    if !bytes.starts_with(b"{\\rtf") {
        return Err(FlowError::OtherContent { path: source.path.to_owned(), expected: EXPECTED });
    }
    let mut reader = Reader::default();
    let whole = reader.read(&bytes);
    let (pieces, info) = reader.finish();
    let mut flow = Flow::single(info, pieces);
    flow.title_from_heading();
    if !whole {
        flow.damaged("it ends before its text does");
    }
    Ok(flow)
}

/// Where characters go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum To {
    #[default]
    Text,
    /// Tables of styles, pictures, fields' instructions: nowhere.
    Nowhere,
    Fonts,
    Title,
    Author,
    Note,
}

/// What a group inherits and leaves behind.
#[derive(Clone, Copy, Default)]
struct State {
    to: To,
    font: i32,
    /// Bytes that stand for a `\u` in readers without Unicode.
    skip: usize,
    is_raised: bool,
    is_hidden: bool,
    outline: Option<u8>,
    in_table: bool,
}

#[derive(Default)]
struct Reader {
    builder: Builder,
    outer: Vec<Builder>,
    state: State,
    states: Vec<State>,
    code_page: Option<&'static Encoding>,
    fonts: HashMap<i32, &'static Encoding>,
    /// Bytes of characters that are not decoded yet.
    pending: Vec<u8>,
    /// Bytes still to be passed over after a `\u`.
    skipping: usize,
    high: Option<u16>,
    info: DocumentInfo,
    captured: String,
    row: Vec<Cell>,
    rows: Vec<Vec<Cell>>,
    cell: String,
    is_new: bool,
    is_starred: bool,
}

impl Reader {
    /// Whether it came to the end of the outermost group.
    fn read(&mut self, bytes: &[u8]) -> bool {
        (self.state.skip, self.is_new) = (1, true);
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                b'{' => {
                    self.flush();
                    if self.states.len() >= DEEPEST {
                        return false;
                    }
                    self.states.push(self.state);
                    self.is_starred = false;
                    at += 1;
                }
                b'}' => {
                    self.end_group();
                    at += 1;
                    if self.states.is_empty() {
                        return true;
                    }
                }
                b'\\' => at = self.control(bytes, at + 1),
                b'\r' | b'\n' => at += 1,
                byte => {
                    self.byte(byte);
                    at += 1;
                }
            }
        }
        false
    }

    fn end_group(&mut self) {
        self.flush();
        let ended = self.state;
        self.state = self.states.pop().unwrap_or_default();
        if ended.to == self.state.to {
            return;
        }
        match ended.to {
            To::Title => self.info.title = tidy(&std::mem::take(&mut self.captured)),
            To::Author => {
                self.info.authors = tidy(&std::mem::take(&mut self.captured)).into_iter().collect();
            }
            To::Note => {
                let outer = self.outer.pop().unwrap_or_default();
                let pieces = std::mem::replace(&mut self.builder, outer).finish();
                let text = pieces.iter().map(|p| p.text.as_str()).collect::<Vec<_>>().join("\n");
                if !text.is_empty() {
                    self.builder.note(Piece::new(BlockKind::Footnote, None, text));
                }
            }
            _ => self.captured.clear(),
        }
    }

    /// Reads what follows a backslash and says where it ends.
    fn control(&mut self, bytes: &[u8], at: usize) -> usize {
        let Some(&first) = bytes.get(at) else { return at };
        if !first.is_ascii_alphabetic() {
            return self.symbol(bytes, at, first);
        }
        let letters = bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).take(32).count();
        let word = std::str::from_utf8(&bytes[at..at + letters]).unwrap_or_default();
        let mut end = at + letters;
        let sign = bytes.get(end) == Some(&b'-');
        let digits = bytes[end + usize::from(sign)..].iter().take_while(|b| b.is_ascii_digit());
        let digits = digits.take(10).count();
        let mut number = None;
        if digits > 0 {
            let text = &bytes[end..end + usize::from(sign) + digits];
            number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<i32>().ok());
            end += usize::from(sign) + digits;
        }
        if bytes.get(end) == Some(&b' ') {
            end += 1;
        }
        if word == "bin" {
            return end.saturating_add(usize::try_from(number.unwrap_or(0)).unwrap_or(0));
        }
        self.word(word, number);
        end
    }

    fn symbol(&mut self, bytes: &[u8], at: usize, symbol: u8) -> usize {
        match symbol {
            b'\'' => {
                let hex = bytes.get(at + 1..at + 3).and_then(|hex| std::str::from_utf8(hex).ok());
                if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    self.byte(byte);
                }
                return at + 3;
            }
            b'*' => self.is_starred = true,
            b'~' => self.put(" "),
            b'_' => self.put("-"),
            b'\r' | b'\n' => self.word("par", None),
            b'\\' | b'{' | b'}' => self.byte(symbol),
            _ => {}
        }
        at + 1
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        if word == "u" {
            self.unicode(number.unwrap_or(0));
            return;
        }
        self.flush();
        self.skipping = 0;
        if !self.destination(word) {
            self.property(word, number);
        }
        self.is_starred = false;
    }

    /// Whether the word says where the characters of its group go.
    fn destination(&mut self, word: &str) -> bool {
        match word {
            "fonttbl" => self.state.to = To::Fonts,
            "title" => self.state.to = To::Title,
            "author" => self.state.to = To::Author,
            "footnote" if self.state.to == To::Text => {
                self.state.to = To::Note;
                self.outer.push(std::mem::take(&mut self.builder));
            }
            "colortbl" | "stylesheet" | "info" | "pict" | "object" | "fldinst" | "header"
            | "headerl" | "headerr" | "headerf" | "footer" | "footerl" | "footerr" | "footerf"
            | "listtable" | "listoverridetable" | "themedata" | "generator" | "xmlnstbl"
            | "bkmkstart" | "bkmkend" | "nonshppict" | "annotation" | "atnid" | "atnauthor" => {
                self.state.to = To::Nowhere;
            }
            _ => return false,
        }
        true
    }

    fn property(&mut self, word: &str, number: Option<i32>) {
        let is_on = number != Some(0);
        match word {
            "ansicpg" => self.code_page = code_page(number.unwrap_or(0)),
            "uc" => self.state.skip = usize::try_from(number.unwrap_or(1)).unwrap_or(1).min(8),
            "f" => self.state.font = number.unwrap_or(0),
            "fcharset" if self.state.to == To::Fonts => {
                let encoding = code_page(page_of_charset(number.unwrap_or(0)));
                self.fonts.extend(encoding.map(|encoding| (self.state.font, encoding)));
            }
            "shpinst" | "shptxt" | "listtext" | "pntext" | "fldrslt" | "ud" => {}
            "pard" => (self.state.outline, self.state.in_table) = (None, false),
            "plain" => (self.state.is_raised, self.state.is_hidden) = (false, false),
            "outlinelevel" => {
                self.state.outline = number.and_then(|level| u8::try_from(level + 1).ok());
            }
            "intbl" => self.state.in_table = true,
            "super" => self.state.is_raised = is_on,
            // In half points over the line; two a reader does not see.
            "up" => self.state.is_raised |= number.is_some_and(|lift| lift > 2),
            "nosupersub" | "sub" => self.state.is_raised = false,
            // Hidden, and deleted while changes were tracked.
            "v" | "deleted" => self.state.is_hidden = is_on,
            "par" | "sect" => self.end_paragraph(),
            "page" if self.writes() => {
                self.end_paragraph();
                self.builder.page_break();
            }
            "line" => self.put("\n"),
            "tab" => self.put(" "),
            "cell" | "nestcell" if self.writes() => {
                let text = std::mem::take(&mut self.cell);
                self.row.push(Cell::new(&sheets::cell(&text), 1, 1));
            }
            "row" | "nestrow" if self.writes() => {
                let row = std::mem::take(&mut self.row);
                self.rows.push(row);
            }
            "emdash" => self.put("—"),
            "endash" => self.put("–"),
            "lquote" => self.put("‘"),
            "rquote" => self.put("’"),
            "ldblquote" => self.put("“"),
            "rdblquote" => self.put("”"),
            "bullet" => self.put("•"),
            _ if self.is_starred => self.state.to = To::Nowhere,
            _ => {}
        }
    }

    fn writes(&self) -> bool {
        matches!(self.state.to, To::Text | To::Note)
    }

    /// A character by its UTF-16 unit, negative beyond 32,767; what stands for it is passed over.
    fn unicode(&mut self, number: i32) {
        self.flush();
        self.skipping = self.state.skip;
        let unit = (number & 0xFFFF) as u16;
        let units = self.high.take().into_iter().chain([unit]);
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
            return;
        }
        let text: String =
            char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        self.put(&text);
    }

    fn byte(&mut self, byte: u8) {
        if self.skipping > 0 {
            self.skipping -= 1;
        } else {
            self.pending.push(byte);
        }
    }

    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        let bytes = std::mem::take(&mut self.pending);
        let own = self.fonts.get(&self.state.font).copied();
        let encoding = own.or(self.code_page).unwrap_or(encoding_rs::WINDOWS_1252);
        let (text, _) = encoding.decode_without_bom_handling(&bytes);
        self.put(&text);
    }

    fn put(&mut self, text: &str) {
        match self.state.to {
            To::Title | To::Author => self.captured.push_str(text),
            _ if !self.writes() || self.state.is_hidden => {}
            To::Text if self.state.in_table => self.cell.push_str(text),
            _ => {
                self.end_table();
                if !std::mem::replace(&mut self.is_new, false) {
                    self.write(text);
                    return;
                }
                let style = match self.state.outline {
                    Some(level) => Style::heading(level.clamp(1, 9)),
                    None => Style::PLAIN,
                };
                self.builder.style(style);
                self.write(text);
            }
        }
    }

    fn write(&mut self, text: &str) {
        if self.state.is_raised {
            self.builder.raised(text);
            return;
        }
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.builder.line_break();
            }
            self.builder.text(line);
        }
    }

    fn end_paragraph(&mut self) {
        match self.state.to {
            To::Text if self.state.in_table => self.cell.push(' '),
            _ if self.writes() => {
                self.builder.end_block();
                self.is_new = true;
            }
            _ => {}
        }
    }

    /// A table ends where text outside of it begins.
    fn end_table(&mut self) {
        if self.rows.is_empty() || self.state.to != To::Text {
            return;
        }
        let rows = std::mem::take(&mut self.rows);
        let texts: Vec<String> = rows.iter().flatten().map(|cell| cell.text.clone()).collect();
        match grid::lay_out(rows, 0) {
            Some(table) => self.builder.table(table),
            None => {
                for text in texts {
                    self.builder.style(Style::PLAIN);
                    self.builder.text(&text);
                }
            }
        }
        self.builder.style(Style::PLAIN);
    }

    fn finish(mut self) -> (Vec<Piece>, DocumentInfo) {
        self.flush();
        while let Some(outer) = self.outer.pop() {
            let pieces = std::mem::replace(&mut self.builder, outer).finish();
            self.builder.extend(pieces);
        }
        self.state = State::default();
        self.end_table();
        (self.builder.finish(), self.info)
    }
}

/// The encoding of a Windows code page.
fn code_page(number: i32) -> Option<&'static Encoding> {
    codepage::to_encoding(u16::try_from(number).ok()?)
}

/// The code page of a font's character set.
fn page_of_charset(charset: i32) -> i32 {
    match charset {
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rtf: &str, expected: &[&str]) {
        let mut reader = Reader::default();
        reader.read(rtf.as_bytes());
        let (pieces, _) = reader.finish();
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn text_of_any_code_page_is_read() {
        check(
            r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}}\f0 \'d6\'d0\'ce\'c4\f1  text\par second}",
            &["中文 text", "second"],
        );
        check(r"{\rtf1\ansi\uc1 \u24341?\u25454? caf\'e9\par}", &["引据 café"]);
        check(r"{\rtf1\uc2 \u-10187 ??\u-9076 ??x}", &["\u{1d48c}x"]);
    }

    #[test]
    fn tables_notes_and_marks_are_told_apart() {
        check(
            r"{\rtf1{\stylesheet{\s1 Heading;}}{\*\generator X;}\pard\outlinelevel0 Title\par\pard Sold 4,560{\super 1}{\footnote A note.} units.\par\trowd\pard\intbl a\cell b\cell\row\trowd\pard\intbl 1\cell 2\cell\row\pard After.\par}",
            &["Title", "Sold 4,560[1] units.", "a\tb\n1\t2", "After."],
        );
    }
}
