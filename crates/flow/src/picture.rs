//! Pictures among the pieces, and what is written in them. Not here: recognising; whoever can is given a
//! picture's file and says what it sees.

use crate::flow::Piece;
use base64::Engine as _;
use yinju_core::{BlockKind, Problem};

/// Files smaller than this are bullets, rules and spacers.
const LEAST_BYTES: usize = 600;
/// Pictures of one file that are looked at.
pub(crate) const MOST_PICTURES: usize = 500;

/// A line that was recognised in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenLine {
    /// What it says.
    pub text: String,
    /// How sure that is, in hundredths.
    pub confidence: u8,
}

/// Recognises what is written in a picture, given its file's bytes, from top to bottom. Nothing where it is no
/// picture of a known kind.
pub type Recognise<'a> = dyn FnMut(&[u8]) -> Result<Vec<SeenLine>, Problem> + 'a;

/// A picture, or where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Picture {
    /// The bytes of its file.
    Inside(Vec<u8>),
    /// As the text refers to it.
    Named(String),
}

impl Piece {
    /// A picture and what its author says it shows.
    pub(crate) fn picture(picture: Picture, says: &str) -> Self {
        let says = says.split_whitespace().collect::<Vec<_>>().join(" ");
        let says = if tells(&says) { says } else { String::new() };
        Self { picture: Some(picture), ..Self::new(BlockKind::Figure, None, says) }
    }
}

/// Whether the words beside a picture say something: not the name of its file, and not "image".
fn tells(says: &str) -> bool {
    let is_name = says.rsplit_once('.').is_some_and(|(_, end)| (2..=4).contains(&end.len()));
    let words = says.split(' ').count();
    let wide = says.chars().filter(|c| yinju_core::text::is_cjk(*c)).count();
    !(is_name && words == 1) && (words > 1 || wide > 2)
}

/// The bytes of a picture that is written into a text: `data:image/png;base64,…`, or base64 alone.
pub(crate) fn from_base64(written: &str) -> Option<Picture> {
    let written = written.trim();
    let data = match written.strip_prefix("data:image/") {
        Some(rest) => rest.split_once(";base64,")?.1,
        None => written,
    };
    let data: String = data.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(data).ok()?;
    Some(Picture::Inside(bytes))
}

/// Fetches the pictures that are only named, by `find`, which knows the rest of the file.
pub(crate) fn fetch(pieces: &mut [Piece], mut find: impl FnMut(&str) -> Option<Vec<u8>>) {
    for piece in pieces {
        if let Some(Picture::Named(name)) = &piece.picture {
            piece.picture = find(name).map(Picture::Inside);
        }
    }
}

/// Puts into pictures what is written in them, if somebody reads it; those without words are left out.
pub(crate) fn read(
    pieces: &mut Vec<Piece>,
    mut recognise: Option<&mut Recognise<'_>>,
) -> Result<bool, Problem> {
    let mut any = false;
    for piece in pieces.iter_mut() {
        let Some(Picture::Inside(bytes)) = piece.picture.take() else { continue };
        let Some(recognise) = recognise.as_deref_mut() else { continue };
        if bytes.len() < LEAST_BYTES {
            continue;
        }
        let mut lines: Vec<(String, Option<u8>)> =
            piece.text.lines().map(|line| (line.to_owned(), None)).collect();
        let seen = recognise(&bytes)?;
        any |= !seen.is_empty();
        lines.extend(seen.into_iter().map(|line| (line.text, Some(line.confidence))));
        (piece.text, piece.confidence) = {
            let (texts, confidence): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
            (texts.join("\n"), confidence)
        };
    }
    pieces.retain(|piece| piece.kind != BlockKind::Figure || !piece.text.is_empty());
    Ok(any)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_get_the_words_that_are_written_in_them() {
        let picture = |says: &str| Piece::picture(Picture::Inside(vec![0; 1_000]), says);
        let mut pieces = vec![picture("A pump, seen from above"), picture("pump.png")];
        let seen = vec![SeenLine { text: "Inlet".to_owned(), confidence: 90 }];
        assert!(read(&mut pieces, Some(&mut |_| Ok(seen.clone()))).unwrap());
        let texts: Vec<_> = pieces.iter().map(|piece| piece.text.as_str()).collect();
        assert_eq!(texts, ["A pump, seen from above\nInlet", "Inlet"]);
        assert_eq!(pieces[0].confidence, [None, Some(90)]);
    }

    #[test]
    fn pictures_without_words_leave_nothing() {
        let mut pieces = vec![Piece::picture(Picture::Named("a.png".to_owned()), "image")];
        assert!(!read(&mut pieces, None).unwrap());
        assert!(pieces.is_empty());
    }
}
