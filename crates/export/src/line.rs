//! Foreign text on one line, of characters that every format can hold.

use yinju_core::text::is_cjk;

/// White space folded, lines joined, control characters gone.
pub(crate) fn line(text: &str) -> String {
    let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| holds(*c));
    let clean: String = clean.collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words of a page as running text: a line break between two Chinese characters leaves no space.
pub(crate) fn joined(text: &str) -> String {
    let lines = text.lines().map(line).filter(|line| !line.is_empty());
    lines.fold(String::new(), |mut running, next| {
        let close = running.ends_with(is_cjk) && next.starts_with(is_cjk);
        if !running.is_empty() && !close {
            running.push(' ');
        }
        running + &next
    })
}

/// Text with its lines, of characters that XML can hold.
pub(crate) fn lines(text: &str) -> String {
    text.chars().filter(|c| matches!(c, '\n' | '\t') || (!c.is_control() && holds(*c))).collect()
}

/// XML has no place for noncharacters; the guards of markers are private-use ones and never meant.
fn holds(c: char) -> bool {
    !matches!(c, '\u{FFFE}' | '\u{FFFF}' | '\u{E000}'..='\u{E00F}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_one() {
        assert_eq!(line(" a\r\nb\u{0}\tc\u{FFFF}"), "a b c");
        assert_eq!(joined("营业收入\n为 3 亿\n\nand so on"), "营业收入为 3 亿 and so on");
        assert_eq!(lines("a\n\u{1}b\r\n"), "a\nb\n");
    }
}
