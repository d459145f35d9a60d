//! The syntax of typed searches: `"exact phrase"`, `-word`, `title:word`, and the places `doc:name`,
//! `section:methods`, `page:3-9`, `year:2022`, `kind:contract`, `party:Acme`, `lang:zh`. Field names are understood in Chinese too.
//!
//! A text with a question mark is a question: its quotation marks and dashes are what they are in
//! prose, only `field:value` is read. Curly quotation marks make a phrase only where nothing but
//! phrases and fields was typed, since Chinese text is full of them.

use crate::{DocumentKind, Filters, SectionName, SyntaxError};
use std::ops::RangeInclusive;
use yinju_core::{Language, Phrase, Place};

/// A typed text, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What is looked for by meaning and by words: the text without its operators.
    pub text: String,
    /// Words that have to be there as they stand.
    pub required: Vec<Phrase>,
    /// Words that must not be there.
    pub excluded: Vec<Phrase>,
    /// Places.
    pub filters: Filters,
}

impl Query {
    /// Reads a typed text.
    ///
    /// # Errors
    /// [`SyntaxError`] where a field's value makes no sense or nothing is left to look for.
    pub fn read(typed: &str) -> Result<Self, SyntaxError> {
        Self::of(typed, typed.contains(['?', '？']))
    }

    /// Reads a text that is a question whatever its marks, as in a conversation.
    ///
    /// # Errors
    /// As [`Query::read`].
    pub fn of_question(asked: &str) -> Result<Self, SyntaxError> {
        Self::of(asked, true)
    }

    /// Whether it says what has to be there, or must not.
    pub fn has_phrases(&self) -> bool {
        !self.required.is_empty() || !self.excluded.is_empty()
    }

    fn of(typed: &str, is_question: bool) -> Result<Self, SyntaxError> {
        let mut pieces = pieces(typed, is_question);
        let has_words =
            pieces.iter().any(|piece| piece.field.is_none() && piece.quote == Quote::No);
        if has_words {
            pieces.iter_mut().filter(|piece| piece.quote == Quote::Curly).for_each(Piece::unquote);
        }
        let mut query = Self::default();
        pieces.iter().try_for_each(|piece| query.add(piece))?;
        if query.text.is_empty() && query.filters.is_empty() && !query.excluded.is_empty() {
            return Err(SyntaxError::OnlyExcluded);
        }
        Ok(query)
    }

    fn add(&mut self, piece: &Piece<'_>) -> Result<(), SyntaxError> {
        let Some(field) = piece.field else {
            self.add_words(piece);
            return Ok(());
        };
        let filters = &mut self.filters;
        match field {
            Field::Title => self.add_phrase(piece, Place::Heading),
            _ if piece.is_excluded => return Err(SyntaxError::Excluded(field.name().to_owned())),
            Field::Document => filters.documents.push(piece.value.to_owned()),
            Field::Section => filters.sections.push(SectionName::read(piece.value)),
            Field::Page => filters.pages.push(pages(piece.value)?),
            Field::Year => filters.years.push(years(piece.value)?),
            Field::Kind => filters.kinds.push(kind(piece.value)?),
            Field::Party => filters.parties.push(piece.value.to_owned()),
            Field::Language => filters.languages.push(language(piece.value)?),
        }
        Ok(())
    }

    fn add_words(&mut self, piece: &Piece<'_>) {
        if piece.is_excluded || piece.quote != Quote::No {
            self.add_phrase(piece, Place::Anywhere);
        } else {
            self.append(piece.as_typed);
        }
    }

    fn add_phrase(&mut self, piece: &Piece<'_>, place: Place) {
        let phrase = Phrase { text: piece.value.to_owned(), place };
        if piece.is_excluded {
            self.excluded.push(phrase);
        } else {
            self.append(piece.value);
            self.required.push(phrase);
        }
    }

    fn append(&mut self, words: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(words);
    }
}

/// What a value is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Title,
    Document,
    Section,
    Page,
    Year,
    Kind,
    Party,
    Language,
}

const FIELDS: [(Field, &[&str]); 8] = [
    (Field::Title, &["title", "标题", "標題"]),
    (Field::Document, &["doc", "document", "file", "文档", "文件", "文檔"]),
    (Field::Section, &["section", "chapter", "章节", "章節"]),
    (Field::Page, &["page", "pages", "页", "页码", "頁", "頁碼"]),
    (Field::Year, &["year", "年", "年份"]),
    (Field::Kind, &["kind", "type", "种类", "類型", "类型", "種類"]),
    (Field::Party, &["party", "parties", "当事人", "當事人", "公司"]),
    (Field::Language, &["lang", "language", "语言", "語言"]),
];

impl Field {
    fn named(name: &str) -> Option<Self> {
        let lower = name.to_lowercase();
        FIELDS.iter().find(|(_, names)| names.contains(&lower.as_str())).map(|(field, _)| *field)
    }

    fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, _)| *field == self).map_or("", |(_, names)| names[0])
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quote {
    No,
    Straight,
    Curly,
}

/// A stretch between white space, or between quotation marks.
#[derive(Clone, Debug)]
struct Piece<'t> {
    as_typed: &'t str,
    is_excluded: bool,
    field: Option<Field>,
    value: &'t str,
    quote: Quote,
}

impl<'t> Piece<'t> {
    /// Reads one piece at the beginning of a text, and says how long it is.
    fn read(text: &'t str, is_question: bool) -> (Self, usize) {
        let is_excluded = !is_question && excludes(text);
        let rest = if is_excluded { &text[1..] } else { text };
        let (field, rest) = field(rest).map_or((None, rest), |(field, rest)| (Some(field), rest));
        let may_quote = field.is_some() || !is_question;
        let quoted = may_quote.then(|| quoted(rest)).flatten();
        let (value, quote, behind) = quoted.unwrap_or_else(|| {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (&rest[..end], Quote::No, &rest[end..])
        });
        let length = text.len() - behind.len();
        (Self { as_typed: &text[..length], is_excluded, field, value, quote }, length)
    }

    fn unquote(&mut self) {
        if self.field.is_none() && !self.is_excluded {
            (self.quote, self.value) = (Quote::No, self.as_typed);
        }
    }
}

fn pieces(typed: &str, is_question: bool) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = typed.trim();
    while !rest.is_empty() {
        let (piece, length) = Piece::read(rest, is_question);
        if !piece.value.trim().is_empty() {
            pieces.push(piece);
        }
        rest = rest[length..].trim_start();
    }
    pieces
}

/// A dash before a word, a quotation mark or a field; not before a number, which would be negative.
fn excludes(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('-') && chars.next().is_some_and(|c| c.is_alphabetic() || c == '"')
}

/// A field's name, its colon, and a value that follows at once.
fn field(text: &str) -> Option<(Field, &str)> {
    let colon = text.find([':', '：'])?;
    let field = Field::named(&text[..colon])?;
    let rest = text[colon..].strip_prefix([':', '：'])?;
    rest.chars().next().is_some_and(|c| !c.is_whitespace()).then_some((field, rest))
}

/// What stands between quotation marks at the beginning of a text, and what follows; to the end where
/// the second mark is missing.
fn quoted(text: &str) -> Option<(&str, Quote, &str)> {
    let (quote, close, rest) = match text.chars().next()? {
        '"' | '＂' => (Quote::Straight, ['"', '＂'], text),
        '“' => (Quote::Curly, ['”', '”'], text),
        _ => return None,
    };
    let rest = &rest[rest.chars().next()?.len_utf8()..];
    let end = rest.find(close);
    let value = &rest[..end.unwrap_or(rest.len())];
    let behind = end.map_or("", |end| rest[end..].strip_prefix(close).unwrap_or(""));
    Some((value.trim(), quote, behind))
}

fn pages(value: &str) -> Result<RangeInclusive<u32>, SyntaxError> {
    range(value).filter(|r| *r.start() > 0).ok_or_else(|| SyntaxError::Page(value.to_owned()))
}

fn years(value: &str) -> Result<RangeInclusive<u16>, SyntaxError> {
    range(value).ok_or_else(|| SyntaxError::Year(value.to_owned()))
}

fn range<T: std::str::FromStr + PartialOrd + Copy>(value: &str) -> Option<RangeInclusive<T>> {
    let (first, last) = value.split_once(['-', '–', '~']).unwrap_or((value, value));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some(first..=last)
}

fn kind(value: &str) -> Result<DocumentKind, SyntaxError> {
    DocumentKind::named(value).ok_or_else(|| SyntaxError::Kind(value.to_owned()))
}

fn language(value: &str) -> Result<Language, SyntaxError> {
    match value.to_lowercase().as_str() {
        "zh" | "chinese" | "中文" | "汉语" => Ok(Language::Zh),
        "en" | "english" | "英文" | "英语" => Ok(Language::En),
        _ => Err(SyntaxError::Language(value.to_owned())),
    }
}

#[cfg(test)]
mod tests;
