//! Bytes → characters: byte order marks, UTF-8, what the file declares, else the likeliest of the
//! encodings people used before UTF-8 (GBK and GB18030, Big5, `Shift_JIS`, EUC-KR, Windows code pages).

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A declaration stands this near the start (HTML: the first 1,024 bytes).
const DECLARATION_WINDOW: usize = 1024;

/// So many bytes are looked at to guess an encoding; more do not change the guess.
const GUESS_WINDOW: usize = 1 << 20;

/// Text without a byte order mark is UTF-16 if this share of the bytes at odd or even places is zero:
/// half of all Latin text, and of Chinese text its spaces, digits and line ends.
const UTF_16_ZEROS: f32 = 0.02;

/// Text in Latin letters has fewer bytes above ASCII than this share; in others, half and more.
const DENSE_SHARE: f32 = 0.3;

/// So many lines are asked for their encoding.
const MOST_VOTERS: usize = 2_000;

/// Over this share of characters that mean nothing, bytes are no text at all.
const BINARY_SHARE: f32 = 0.1;

/// Text and how it was read.
#[derive(Debug)]
pub(crate) struct Decoded {
    pub text: String,
    encoding: &'static Encoding,
    is_guess: bool,
    /// Some bytes are not of the encoding.
    has_errors: bool,
}

/// The name of a file, in whichever encoding a program wrote it.
pub(crate) fn name(bytes: &[u8]) -> String {
    if let Ok(name) = std::str::from_utf8(bytes) {
        return name.to_owned();
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny).decode(bytes).0.into_owned()
}

impl Decoded {
    fn of(bytes: &[u8], encoding: &'static Encoding, is_guess: bool) -> Self {
        let (text, encoding, has_errors) = encoding.decode(bytes);
        Self { text: text.into_owned(), encoding, is_guess, has_errors }
    }

    /// What is doubtful about the encoding: bytes that are not of it, or, where it was guessed, so many
    /// accented letters that it is hardly a language.
    pub(crate) fn doubt(&self) -> Option<String> {
        let name = self.encoding.name();
        if self.has_errors {
            let how = if self.is_guess { "as the likeliest encoding" } else { "as it says" };
            return Some(format!(
                "the file was read as {name}, {how}, and some bytes are not of it"
            ));
        }
        let (mut all, mut accented) = (0_usize, 0_usize);
        for c in self.text.chars().filter(|c| self.is_guess && !c.is_whitespace()) {
            (all, accented) = (all + 1, accented + usize::from(matches!(c, '\u{80}'..='\u{24F}')));
        }
        let is_odd = accented as f32 > all as f32 * DENSE_SHARE;
        is_odd.then(|| format!("the file does not say its encoding, and {name} is hardly right"))
    }

    /// Whether so much of it means nothing that the bytes were hardly text.
    pub(crate) fn is_binary(&self) -> bool {
        let (mut all, mut odd) = (0_usize, 0_usize);
        for c in self.text.chars().take(GUESS_WINDOW) {
            all += 1;
            let control = c.is_control() && !c.is_whitespace() && c != '\u{1B}';
            odd += usize::from(control || c == char::REPLACEMENT_CHARACTER);
        }
        odd as f32 > all as f32 * BINARY_SHARE
    }
}

/// Decodes text without any declaration inside.
pub(crate) fn plain(bytes: &[u8]) -> Decoded {
    decode(bytes, None)
}

/// Decodes HTML or XML, which may declare its encoding.
pub(crate) fn markup(bytes: &[u8]) -> Decoded {
    decode(bytes, declared(bytes))
}

/// Bytes that are UTF-8 are taken as such whatever they declare: other encodings are hardly ever
/// valid UTF-8 by accident, and declarations often outlive a conversion. One that the bytes contradict
/// is not believed.
fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> Decoded {
    let known = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| utf_16(bytes));
    let known = known.or_else(|| std::str::from_utf8(bytes).is_ok().then_some(UTF_8));
    if let Some(encoding) = known {
        return Decoded::of(bytes, encoding, false);
    }
    let said = declared.map(|encoding| Decoded::of(bytes, encoding, false));
    match said {
        Some(said) if !is_contradicted(&said, bytes) => said,
        _ => Decoded::of(bytes, guess(bytes), true),
    }
}

/// Whether bytes are not of the encoding that is declared, or would be hardly a language in it, and are
/// another one without a fault.
fn is_contradicted(said: &Decoded, bytes: &[u8]) -> bool {
    if said.encoding == UTF_8 && damaged_utf_8(&bytes[..bytes.len().min(GUESS_WINDOW)]) {
        return false;
    }
    let letters = || said.text.chars().filter(|c| !c.is_whitespace() && !c.is_ascii());
    let accented = letters().filter(|c| matches!(c, '\u{80}'..='\u{24F}')).count();
    // Accented letters stand among others, and never in rows.
    let in_rows = said
        .text
        .split(|c: char| !matches!(c, '\u{80}'..='\u{24F}'))
        .map(|row| row.chars().count())
        .filter(|length| *length >= 4)
        .sum::<usize>();
    let is_odd = said.encoding.is_single_byte() && in_rows * 2 > accented && accented > 0;
    (said.has_errors || is_odd) && !Decoded::of(bytes, guess(bytes), true).has_errors
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let window = &bytes[..bytes.len().min(GUESS_WINDOW)];
    if damaged_utf_8(window) {
        return UTF_8;
    }
    let whole = detected(window);
    let foreign = window.iter().filter(|byte| !byte.is_ascii()).count();
    let is_dense = foreign as f32 > window.len() as f32 * DENSE_SHARE;
    let elected = (whole.is_single_byte() && is_dense).then(|| elected(window, foreign)).flatten();
    elected.unwrap_or(whole)
}

fn detected(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Allow)
}

/// A detector drops an encoding of several bytes at the first byte that does not fit it. Where a byte
/// is damaged, the lines it does not stand in still say what they are.
fn elected(bytes: &[u8], foreign: usize) -> Option<&'static Encoding> {
    let mut votes: Vec<(&'static Encoding, usize)> = Vec::new();
    for line in bytes.split(|byte| *byte == b'\n').take(MOST_VOTERS) {
        let (encoding, weight) = (detected(line), line.iter().filter(|b| !b.is_ascii()).count());
        match votes.iter_mut().find(|(other, _)| *other == encoding) {
            Some((_, votes)) => *votes += weight,
            None => votes.push((encoding, weight)),
        }
    }
    let (encoding, weight) = votes.into_iter().max_by_key(|(_, weight)| *weight)?;
    (!encoding.is_single_byte() && weight * 2 > foreign).then_some(encoding)
}

/// Whether bytes are UTF-8 but for a few: more than nine in ten of those above ASCII are part of
/// whole characters. A detector drops UTF-8 at the first byte that is not.
fn damaged_utf_8(bytes: &[u8]) -> bool {
    let high = bytes.iter().filter(|byte| !byte.is_ascii()).count();
    let whole: usize = bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().bytes().filter(|byte| !byte.is_ascii()).count())
        .sum();
    whole * 10 > high * 9
}

fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let window = &bytes[..bytes.len().min(GUESS_WINDOW) & !1];
    let zeros = |first: usize| window.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let most = window.len() as f32 / 2.0 * UTF_16_ZEROS;
    match (even as f32 > most, odd as f32 > most) {
        (true, false) => Some(UTF_16BE),
        (false, true) => Some(UTF_16LE),
        _ => None,
    }
}

/// `<meta charset="…">`, `<meta … content="text/html; charset=…">` or `<?xml … encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION_WINDOW)]);
    let head = head.to_ascii_lowercase();
    let is_xml = head.trim_start().starts_with("<?xml");
    let label = is_xml.then(|| value_of(head.split("?>").next()?, "encoding")).flatten();
    let label = label.or_else(|| value_of(&head, "charset"))?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // It was read as bytes with ASCII in them, so it cannot be UTF-16 (HTML, 13.2.3.2).
    (encoding != UTF_16BE && encoding != UTF_16LE).then_some(encoding)
}

fn value_of<'t>(head: &'t str, name: &str) -> Option<&'t str> {
    let after = head.split_once(name)?.1.trim_start().strip_prefix('=')?;
    let value = after.trim_start_matches([' ', '"', '\'']);
    value.split(['"', '\'', ' ', ';', '>', '/', '?']).next().filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{BIG5, GB18030, GBK, SHIFT_JIS, WINDOWS_1252};

    const ZH: &str = "引据是一个在自己的电脑上阅读文献的程序，回答都带有出处，可以逐字核对。";
    const ZH_TW: &str = "引據是一個在自己的電腦上閱讀文獻的程式，回答都帶有出處，可以逐字核對。";
    const JA: &str = "これは自分のコンピューターで文献を読むためのプログラムです。";

    fn check(bytes: &[u8], expected: &str) {
        assert_eq!(plain(bytes).text, expected);
    }

    #[test]
    fn names_of_files_are_read_as_their_programs_wrote_them() {
        for (text, encoding) in
            [("合同附件清单.pdf", encoding_rs::GBK), ("財務報告書.pdf", encoding_rs::BIG5)]
        {
            assert_eq!(name(&encoding.encode(text).0), text);
        }
    }

    #[test]
    fn encodings_of_before_are_told_apart() {
        check(&GBK.encode(ZH).0, ZH);
        check(&GB18030.encode(ZH).0, ZH);
        check(&BIG5.encode(ZH_TW).0, ZH_TW);
        check(&SHIFT_JIS.encode(JA).0, JA);
        check(
            &WINDOWS_1252.encode("Ein Überblick über die Größe").0,
            "Ein Überblick über die Größe",
        );
        assert!(plain(&GBK.encode(ZH).0).is_guess);
    }

    #[test]
    fn unicode_needs_no_guess() {
        check(ZH.as_bytes(), ZH);
        check(&[b"\xEF\xBB\xBF", ZH.as_bytes()].concat(), ZH);
        let le: Vec<u8> = "A b 引据\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "A b 引据\r\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        check(&le, "A b 引据\r\n");
        check(&be, "A b 引据\r\n");
        check(&[b"\xFF\xFE", le.as_slice()].concat(), "A b 引据\r\n");
        assert!(!plain(&le).is_guess);
    }

    #[test]
    fn utf_8_with_a_scratch_stays_utf_8() {
        let mut bytes = ZH.repeat(3).into_bytes();
        bytes[30] = 0xFF;
        assert!(plain(&bytes).text.ends_with(ZH));
        bytes[30] = ZH.as_bytes()[30];
        bytes.pop();
        assert!(plain(&bytes).text.starts_with(ZH));
    }

    #[test]
    fn a_scratch_in_one_line_does_not_change_the_others() {
        let mut bytes = GBK.encode(&format!("{ZH}\n").repeat(3)).0.into_owned();
        bytes[7] = 0xFF;
        let decoded = plain(&bytes);
        assert!(decoded.text.ends_with(&format!("{ZH}\n{ZH}\n")));
        assert!(decoded.doubt().is_some());
        assert!(plain(&GBK.encode(ZH).0).doubt().is_none());
    }

    #[test]
    fn a_declaration_counts_unless_it_lies() {
        let html = |label: &str| format!("<meta charset=\"{label}\"><p>中文</p>");
        let text = |bytes: &[u8]| markup(bytes).text;
        assert_eq!(text(&GBK.encode(&html("gb2312")).0), html("gb2312"));
        assert_eq!(text(html("gb2312").as_bytes()), html("gb2312"));
        let xml = "<?xml version='1.0' encoding='Big5'?><p>電腦</p>";
        assert_eq!(text(&BIG5.encode(xml).0), xml);
    }

    #[test]
    fn bytes_that_are_no_text_are_seen() {
        assert!(plain(&[0, 1, 2, 3, 0, 0, 200, 14, 15, 16, 0, 5]).is_binary());
        assert!(!plain(ZH.as_bytes()).is_binary());
    }
}
