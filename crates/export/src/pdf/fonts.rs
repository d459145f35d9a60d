//! Fonts: a Latin face and one for code of our own, so that they look the same everywhere, and whatever
//! the machine has for the rest. Chinese faces are too large to carry.

use std::collections::BTreeSet;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst_kit::fonts::{FontStore, system};
use yinju_core::text::is_cjk;

/// Libertinus Serif and `DejaVu Sans Mono`.
const OWN: [&[u8]; 5] = [
    include_bytes!("../../fonts/LibertinusSerif-Regular.otf"),
    include_bytes!("../../fonts/LibertinusSerif-Bold.otf"),
    include_bytes!("../../fonts/LibertinusSerif-Italic.otf"),
    include_bytes!("../../fonts/LibertinusSerif-BoldItalic.otf"),
    include_bytes!("../../fonts/DejaVuSansMono.ttf"),
];

/// How many missing characters a message names.
const NAMED: usize = 12;

/// Our own fonts and the machine's.
pub(super) fn installed() -> FontStore {
    let mut fonts = own();
    fonts.extend(system());
    fonts
}

/// Our own fonts alone.
fn own() -> FontStore {
    let mut fonts = FontStore::new();
    for bytes in OWN {
        let faces = Font::iter(Bytes::new(bytes));
        fonts.extend(faces.map(|font| (font.clone(), font.info().clone())));
    }
    fonts
}

/// Characters of Chinese, Japanese and Korean text that no font has, the first few of them. Rare ones
/// beyond the basic plane do not count: no font has them all, and one box is better than no file.
pub(super) fn missing(book: &FontBook, text: &str) -> String {
    let needed: BTreeSet<char> =
        text.chars().filter(|c| is_cjk(*c) && (*c as u32) < 0x1_0000).collect();
    let infos: Vec<&FontInfo> = (0..).map_while(|index| book.info(index)).collect();
    let has = |c: char| infos.iter().any(|info| info.coverage.contains(c as u32));
    needed.into_iter().filter(|c| !has(*c)).take(NAMED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_fonts_have_latin_and_no_chinese() {
        let fonts = own();
        assert_eq!(missing(fonts.book(), "Résumé, “quoted”"), "");
        assert_eq!(missing(fonts.book(), "a 引据 b"), "引据");
        assert!(missing(fonts.book(), &('一'..='丿').collect::<String>()).chars().count() <= NAMED);
    }
}
