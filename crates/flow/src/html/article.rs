//! What of a saved web page is the article, as Mozilla's Readability finds it (`dom_smoothie`). What stands
//! before and behind it (banners, lists of other articles, invitations) is set apart: it stays on its page
//! and is neither searched nor quoted. Deliberately not here: what stands within an article, and pages
//! that are more than one article, such as manuals, of which nothing is set apart.

use crate::flow::Piece;
use dom_smoothie::Readability;
use std::ops::Range;
use yinju_core::BlockKind;

/// Larger files are books and manuals, and looking for their article takes seconds.
const MOST_BYTES: usize = 1 << 20;
/// An article is at least so much of its page's text.
const LEAST_SHARE: f32 = 0.5;
/// A paragraph of so many characters says something; ideographs count three times.
const LONG: usize = 240;
/// More such paragraphs outside an article are no furniture.
const MOST_LONG: usize = 2;

/// Sets apart what is not of the article, if the page is one.
pub(super) fn set_apart(html: &str, pieces: &mut [Piece]) {
    let Some(article) = article(html, pieces) else { return };
    let (before, rest) = pieces.split_at_mut(article.start);
    let behind = &mut rest[article.len()..];
    for piece in before.iter_mut().chain(behind).filter(|piece| piece.kind != BlockKind::Footnote) {
        piece.kind = BlockKind::Footer;
        piece.level = None;
        piece.table = None;
    }
}

/// The pieces of the article, from its title to its last words.
fn article(html: &str, pieces: &[Piece]) -> Option<Range<usize>> {
    if html.len() > MOST_BYTES {
        return None;
    }
    let mut page = Readability::new(html, None, None).ok()?;
    if !page.is_probably_readable() {
        return None;
    }
    let content = page.parse().ok()?.content;
    let words: Vec<String> = super::pieces(&content).iter().map(|p| bare(&p.text)).collect();
    let is_of_it = |piece: &Piece| {
        let text = bare(&piece.text);
        !text.is_empty() && words.contains(&text)
    };
    let first = pieces.iter().position(is_of_it)?;
    let last = pieces.iter().rposition(is_of_it)?;
    // Its title is told apart by Readability, as is who wrote it.
    let title = pieces[..first].iter().rposition(|piece| piece.level == Some(1));
    let article = title.unwrap_or(first)..last + 1;
    let count =
        |pieces: &[Piece]| -> usize { pieces.iter().map(|piece| weight(&piece.text)).sum() };
    let outside = [&pieces[..article.start], &pieces[article.end..]];
    let is_most = count(&pieces[article.clone()]) as f32 >= count(pieces) as f32 * LEAST_SHARE;
    let long = outside.iter().flat_map(|all| all.iter()).filter(|p| weight(&p.text) >= LONG);
    (is_most && long.count() <= MOST_LONG).then_some(article)
}

/// A text by its letters alone.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn weight(text: &str) -> usize {
    text.chars().map(|c| if yinju_core::text::is_cjk(c) { 3 } else { 1 }).sum()
}
