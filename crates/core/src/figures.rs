//! The pictures of a page, the captions that stand beside them, and what words are read from one.

use crate::geometry::BBox;
use crate::page::{Block, BlockKind, CharRange, LOW_CONFIDENCE, Page};
use crate::text::fold_whitespace;

impl Page {
    /// The picture that words of the page belong to: they are written in it, stand in its caption, or name it as
    /// the caption does (`as Figure 3 shows`).
    pub fn figure_of(&self, range: CharRange) -> Option<BBox> {
        let holds = |block: &Block| block.range.intersect(range).is_some();
        let own =
            self.figures().find(|(figure, caption)| holds(figure) || caption.is_some_and(holds));
        let named = || {
            let words = fold_whitespace(self.slice(range));
            self.figures().find(|(_, caption)| {
                let name = caption.and_then(|caption| name(self.slice(caption.range)));
                name.is_some_and(|name| names(&words, &name))
            })
        };
        own.or_else(named)?.0.boxes.first().copied()
    }

    /// Whether words of the page may not be those that are printed: they were recognised and that not surely,
    /// some have no meaning, or they are numbers read from a picture.
    pub fn is_doubtful(&self, range: CharRange) -> bool {
        let words = self.slice(range);
        let mut lines = self.lines.iter().filter(|line| line.range.intersect(range).is_some());
        let has_digit = words.contains(|c: char| c.is_ascii_digit());
        let mut figures = self.blocks.iter().filter(|block| block.kind == BlockKind::Figure);
        lines.any(|line| line.confidence.is_some_and(|sure| sure < LOW_CONFIDENCE))
            || words.contains('\u{FFFD}')
            || (has_digit && figures.any(|figure| figure.range.intersect(range).is_some()))
    }

    /// Every figure with the caption before or after it.
    fn figures(&self) -> impl Iterator<Item = (&Block, Option<&Block>)> {
        let figures = self.blocks.iter().enumerate().filter(|(_, b)| b.kind == BlockKind::Figure);
        figures.map(|(at, figure)| {
            let near = [Some(at + 1), at.checked_sub(1)].into_iter().flatten();
            let mut near = near.filter_map(|at| self.blocks.get(at));
            (figure, near.find(|block| block.kind == BlockKind::Caption))
        })
    }
}

/// What a caption calls its figure: `Figure 3`, `图1-2`.
fn name(caption: &str) -> Option<String> {
    let caption = fold_whitespace(caption);
    let digits = caption.find(|c: char| c.is_ascii_digit())?;
    let rest = &caption[digits..];
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '–');
    let end = rest.find(|c: char| !is_number(c)).unwrap_or(rest.len());
    let number = rest[..end].trim_end_matches(['.', '-', '–']);
    // "Figure" and "Fig." are one word, as are "图" and "如图".
    let word = caption[..digits].trim().trim_end_matches('.');
    let word: String = word.chars().take(3).collect();
    (!word.is_empty() && digits < 12).then(|| format!("{}{number}", word.to_lowercase()))
}

/// Whether words name a figure: its word, perhaps the rest of that, and its number.
fn names(words: &str, name: &str) -> bool {
    let words = words.to_lowercase();
    let at = name.find(|c: char| c.is_ascii_digit()).unwrap_or(name.len());
    let (word, number) = name.split_at(at);
    words.match_indices(word).any(|(at, _)| {
        let rest = words[at + word.len()..].trim_start_matches(char::is_alphabetic);
        let rest = rest.trim_start_matches('.').trim_start();
        rest.strip_prefix(number).is_some_and(|after| {
            let mut after = after.chars();
            let (next, then) = (after.next(), after.next());
            let goes_on = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let parts = matches!(next, Some('.' | '-' | '–'));
            !(goes_on(next) || (parts && goes_on(then)))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{Line, PageNumber, PageStatus};

    fn page() -> Page {
        let parts = [
            (BlockKind::Paragraph, "As Fig. 3 shows, the pump has an inlet.\n\n"),
            (BlockKind::Figure, "Inlet 42\n\n"),
            (BlockKind::Caption, "Figure 3. The pump\n\n"),
            (BlockKind::Paragraph, "Figure 31 is elsewhere.\n"),
        ];
        let mut page = Page {
            status: PageStatus::Text,
            ..Page::failed(PageNumber::from_index(0), String::new())
        };
        for (kind, text) in parts {
            let start = page.text.chars().count();
            page.text.push_str(text);
            let range = CharRange::new(start, page.text.chars().count());
            let boxes = vec![BBox::new(0.1, 0.2, 0.9, 0.5)];
            page.blocks.push(Block { kind, level: None, range, boxes, table: None });
        }
        page
    }

    fn check(words: &str, figure: bool, doubtful: bool) {
        let page = page();
        let start = page.text.find(words).unwrap();
        let range = CharRange::new(start, start + words.len());
        assert_eq!(page.figure_of(range).is_some(), figure, "{words}");
        assert_eq!(page.is_doubtful(range), doubtful, "{words}");
    }

    #[test]
    fn words_lead_to_the_picture_they_name() {
        check("As Fig. 3 shows, the pump has an inlet.", true, false);
        check("Inlet 42", true, true);
        check("The pump", true, false);
        check("Figure 31 is elsewhere.", false, false);
    }

    #[test]
    fn what_was_hardly_recognised_is_doubtful() {
        let mut page = page();
        let range = CharRange::new(0, 5);
        let bbox = BBox::new(0.1, 0.1, 0.2, 0.2);
        let line = Line { range, bbox, edges: Vec::new(), vertical: false, confidence: Some(50) };
        page.lines.push(line);
        assert!(page.is_doubtful(range));
        assert!(!page.is_doubtful(CharRange::new(6, 9)));
    }

    #[test]
    fn names_of_figures() {
        assert_eq!(name("Figure 3. The pump").as_deref(), Some("fig3"));
        assert_eq!(name("图1-2 水泵").as_deref(), Some("图1-2"));
        assert!(names("如图 1-2所示", "图1-2") && !names("如图1-21", "图1-2"));
        assert!(names("see figure 3.", "fig3") && !names("figure 3.1", "fig3"));
    }
}
