//! From the bytes of tokens to text that may be shown: whole characters only, and never a part
//! of a stop text.

/// Turns bytes into text as soon as it is certain.
pub(crate) struct TextStream<'a> {
    stops: &'a [String],
    /// Bytes that are not yet a whole character.
    bytes: Vec<u8>,
    /// Text that may still become a stop text.
    held: String,
    stopped: bool,
}

impl<'a> TextStream<'a> {
    /// A stream that ends before any of `stops`; empty ones are ignored.
    pub(crate) fn new(stops: &'a [String]) -> Self {
        Self { stops, bytes: Vec::new(), held: String::new(), stopped: false }
    }

    /// Whether a stop text came. Nothing is handed out after that.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped
    }

    /// Takes the bytes of the next token and returns what may be shown now.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> String {
        if self.stopped {
            return String::new();
        }
        self.bytes.extend_from_slice(bytes);
        let text = take_characters(&mut self.bytes);
        self.held.push_str(&text);
        if let Some(at) = self.first_stop() {
            self.held.truncate(at);
            self.stopped = true;
            return std::mem::take(&mut self.held);
        }
        let kept = self.held.split_off(self.certain());
        std::mem::replace(&mut self.held, kept)
    }

    /// What was held back; half a character at the end is dropped.
    pub(crate) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    fn stops(&self) -> impl Iterator<Item = &'a String> {
        self.stops.iter().filter(|stop| !stop.is_empty())
    }

    fn first_stop(&self) -> Option<usize> {
        self.stops().filter_map(|stop| self.held.find(stop.as_str())).min()
    }

    /// The byte up to which the held text cannot belong to a stop text.
    fn certain(&self) -> usize {
        let open = |start: &usize| self.stops().any(|stop| stop.starts_with(&self.held[*start..]));
        self.held.char_indices().map(|(start, _)| start).find(open).unwrap_or(self.held.len())
    }
}

/// Takes all whole characters from the front; what can never become one is replaced by U+FFFD.
fn take_characters(bytes: &mut Vec<u8>) -> String {
    let mut text = String::new();
    let mut used = 0;
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        used += chunk.valid().len();
        let invalid = chunk.invalid();
        if invalid.is_empty() || could_continue(invalid, used + invalid.len() == bytes.len()) {
            break;
        }
        text.push(char::REPLACEMENT_CHARACTER);
        used += invalid.len();
    }
    bytes.drain(..used);
    text
}

/// Whether bytes at the end are the beginning of a character.
fn could_continue(bytes: &[u8], at_end: bool) -> bool {
    at_end && std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(stops: &[&str], bytes: &[&[u8]]) -> (Vec<String>, bool) {
        let stops: Vec<String> = stops.iter().map(ToString::to_string).collect();
        let mut stream = TextStream::new(&stops);
        let mut pieces: Vec<String> = bytes.iter().map(|bytes| stream.push(bytes)).collect();
        pieces.push(stream.finish());
        (pieces, stream.stopped())
    }

    #[test]
    fn characters_are_never_cut() {
        let (pieces, _) = pieces(&[], &["引".as_bytes(), &[0xE6, 0x8D], &[0xAE], &[0xF0, 0x9F]]);
        assert_eq!(pieces, ["引", "", "据", "", ""]);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        assert_eq!(
            pieces(&[], &[&[0xFF, b'a'], &[0xE6], b"b"]).0,
            ["\u{FFFD}a", "", "\u{FFFD}b", ""]
        );
    }

    #[test]
    fn a_stop_text_is_not_shown_in_part() {
        let parts: &[&[u8]] = &[b"yes <", b"|end", b"|> more"];
        assert_eq!(pieces(&["<|end|>"], parts), (strings(&["yes ", "", "", ""]), true));
        let parts: &[&[u8]] = &[b"a <", b"b"];
        assert_eq!(pieces(&["<|end|>"], parts), (strings(&["a ", "<b", ""]), false));
    }

    #[test]
    fn what_was_held_comes_at_the_end() {
        assert_eq!(pieces(&["\n\n"], &[b"a\n"]), (strings(&["a", "\n"]), false));
    }

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_text(text in "[ab引\\u{1F600}\n]{0,24}", cuts in prop::collection::vec(1usize..4, 0..40)) {
            let stops = vec!["ab".to_owned(), "引\n".to_owned()];
            let mut stream = TextStream::new(&stops);
            let mut shown = String::new();
            let mut rest = text.as_bytes();
            for cut in cuts.into_iter().chain([text.len()]) {
                let (now, later) = rest.split_at(cut.min(rest.len()));
                shown.push_str(&stream.push(now));
                rest = later;
            }
            shown.push_str(&stream.finish());
            let end = stops.iter().filter_map(|stop| text.find(stop)).min().unwrap_or(text.len());
            prop_assert_eq!(shown, &text[..end]);
        }
    }
}
