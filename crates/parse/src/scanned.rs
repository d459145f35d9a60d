//! The text that another program laid unseen over a scan: whether it says what the scan shows.
//!
//! A sample of such pages is recognised again and compared line by line, where this reader is sure of what it
//! sees. Where the layer loses, what was recognised takes its place. Not here: recognising, and replacing.

use crate::frame::Rect;
use crate::glyph::Glyph;
use crate::pictures::Ground;
use yinju_core::PageStatus;

/// The first pages of a document that are compared, …
const FIRST: u32 = 3;
/// … and of those after them every so manieth, while the layer holds.
const EVERY: u32 = 8;
/// Pages in a row on which a layer that lost has to hold before it is believed again.
const REGAINED: u32 = 3;
/// Lines less sure than this are no judges.
const SURE: f32 = 0.9;
/// A layer with less of its characters right loses. Of those that Tesseract wrote the ones with more of the
/// source's characters than this read well (`docs/evaluation.md`).
const LEAST_RIGHT: f32 = 0.92;
/// … and so does one that leaves out more than this share of what is seen.
const MOST_MISSING: f32 = 0.4;
/// … or has a larger share of the numbers wrong than this, if at least two are.
const MOST_WRONG_NUMBERS: f32 = 0.25;
/// What is compared has at least so many characters.
const LEAST_SEEN: usize = 40;

/// What is known of a document's layer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Layer {
    pages: u32,
    /// Pages in a row on which it held.
    held: u32,
    has_lost: bool,
}

impl Layer {
    /// Whether the next page with a layer is to be compared. One whose numbers look like letters always is.
    pub(crate) fn is_due(&mut self, glyphs: &[Glyph]) -> bool {
        self.pages += 1;
        let doubted = self.has_lost && self.held < REGAINED;
        self.pages <= FIRST || self.pages.is_multiple_of(EVERY) || doubted || looks_confused(glyphs)
    }

    /// Remembers how a comparison ended.
    pub(crate) fn note(&mut self, held: bool) {
        self.has_lost |= !held;
        self.held = if held { self.held + 1 } else { 0 };
    }
}

/// Whether a page is an image with its text laid over or under it by another program.
pub(crate) fn is_layer(status: PageStatus, ground: Option<Ground>) -> bool {
    status == PageStatus::Text && ground.is_some_and(|ground| ground.hides_text)
}

/// Whether a layer says what was recognised, line by line.
pub(crate) fn holds(layer: &[Glyph], seen: &[Vec<Glyph>]) -> bool {
    let mut tally = Tally::default();
    for line in seen {
        let sureness = line.iter().filter_map(|g| g.confidence).map(f32::from).sum::<f32>();
        if sureness >= SURE * 100.0 * line.len() as f32 {
            tally.compare(layer, line);
        }
    }
    tally.holds()
}

#[derive(Debug, Default)]
struct Tally {
    /// Characters seen, and of those the wrong ones and those in lines the layer does not have.
    seen: usize,
    wrong: usize,
    missing: usize,
    numbers: usize,
    wrong_numbers: usize,
}

impl Tally {
    fn compare(&mut self, layer: &[Glyph], line: &[Glyph]) {
        let Some(rect) = line.iter().map(|g| g.rect).reduce(Rect::union) else { return };
        let mut own: Vec<&Glyph> = layer.iter().filter(|g| stands_in(g.rect, rect)).collect();
        own.sort_by(|a, b| a.rect.centre().0.total_cmp(&b.rect.centre().0));
        let said: Vec<char> = own.iter().map(|g| g.c).filter_map(compared).collect();
        let shown: Vec<char> = line.iter().map(|g| g.c).filter_map(compared).collect();
        if said.is_empty() {
            self.seen += shown.len();
            self.missing += shown.len();
            return;
        }
        self.seen += shown.len();
        self.wrong += strsim::generic_levenshtein(&said, &shown).min(shown.len());
        let text: String = said.iter().collect();
        let words: String = line.iter().map(|g| g.c).collect();
        for number in words.split_whitespace().filter_map(number) {
            self.numbers += 1;
            self.wrong_numbers += usize::from(!text.contains(&number));
        }
    }

    fn holds(&self) -> bool {
        let read = self.seen - self.missing;
        if read < LEAST_SEEN {
            return self.seen < LEAST_SEEN || read * 2 >= self.seen;
        }
        let right = 1.0 - self.wrong as f32 / read as f32;
        let missing = self.missing as f32 / self.seen as f32;
        let wrong_numbers = self.wrong_numbers as f32 / self.numbers.max(1) as f32;
        let numbers_hold = self.wrong_numbers < 2 || wrong_numbers <= MOST_WRONG_NUMBERS;
        right >= LEAST_RIGHT && missing <= MOST_MISSING && numbers_hold
    }
}

/// Whether a character of the layer stands on a line that was seen.
fn stands_in(glyph: Rect, line: Rect) -> bool {
    let (x, y) = glyph.centre();
    line.x0 <= x && x <= line.x1 && line.y0 <= y && y <= line.y1
}

/// Characters as they are compared: full width as half, marks that look alike as one, no spaces.
fn compared(c: char) -> Option<char> {
    let c = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0)?,
        '“' | '”' | '″' | '„' => '"',
        '‘' | '’' | '′' | '`' => '\'',
        '–' | '—' | '−' | '‐' | '‑' | '―' => '-',
        '。' | '·' | '•' => '.',
        '、' => ',',
        c => c,
    };
    (!c.is_whitespace()).then_some(c)
}

/// A number as it is compared, if a word is one: with at least two digits.
fn number(word: &str) -> Option<String> {
    let word: String = word.chars().filter_map(compared).collect();
    let word = word.trim_matches(|c: char| !c.is_ascii_digit());
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let is_number = word.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.'));
    (digits >= 2 && is_number).then(|| word.to_owned())
}

/// Letters that are read for digits, within what otherwise is a number: `l2,45O.OO`.
fn looks_confused(glyphs: &[Glyph]) -> bool {
    let text: String = glyphs.iter().map(|g| g.c).collect();
    let confused = text.split_whitespace().filter(|word| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let letters = word.chars().filter(|c| "lIOoSBZz|".contains(*c)).count();
        let rest = word.chars().filter(|c| matches!(c, ',' | '.' | '%' | '-')).count();
        letters > 0
            && digits + rest > 0
            && digits + letters + rest == word.chars().count()
            && word.contains([',', '.'])
    });
    confused.count() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str, y: f32, confidence: Option<u8>) -> Vec<Glyph> {
        let glyph = |(i, c)| {
            let x = 10.0 + 6.0 * i as f32;
            Glyph { c, rect: Rect::new(x, y, x + 6.0, y + 10.0), confidence, ..Glyph::default() }
        };
        text.chars().enumerate().map(glyph).collect()
    }

    fn check(layer: &[&str], expected: bool) {
        let shown =
            ["The sum of all invoices of the year", "amounts to 12,450.00 and 3,817.20 euros."];
        let set = |texts: &[&str], sure| -> Vec<Vec<Glyph>> {
            texts.iter().enumerate().map(|(i, t)| line(t, 20.0 * i as f32, sure)).collect()
        };
        let layer = set(layer, None).concat();
        assert_eq!(holds(&layer, &set(&shown, Some(98))), expected, "{layer:?}");
    }

    #[test]
    fn a_layer_is_held_against_what_is_seen() {
        check(
            &["The sum of all invoices of the year", "amounts to 12,450.00 and 3,817.20 euros."],
            true,
        );
        check(
            &["The surn of all invoices of the year", "amounts to 12,450.00 and 3,817.20 euros."],
            true,
        );
        check(
            &["The sum of all invoices of the year", "amounts to l2,45O.OO and 3,8l7.2O euros."],
            false,
        );
        check(
            &["Tbe srn 0f aII inv0ices of tbe yeor", "arnounts t0 12,450.00 ond 3,817.20 eur0s."],
            false,
        );
        check(&["The sum of all invoices of the year"], false);
    }

    #[test]
    fn numbers_of_letters_are_looked_at() {
        assert!(looks_confused(&line("l2,45O.OO 3,8l7.2O", 0.0, None)));
        assert!(!looks_confused(&line("12,450.00 IS O.K. 3,817.20", 0.0, None)));
    }
}
