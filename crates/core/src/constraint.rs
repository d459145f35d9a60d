//! What a language model may write, held to token by token while it writes. Data, so that it can travel
//! to the process the model is in. Deliberately not here: how it is held to (`generate`).

use serde::{Deserialize, Serialize};

/// A bound on what is written. One that ends with the tokens, by `max_tokens` or cancelled, may leave
/// a beginning of what it allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Constraint {
    /// Every sentence cites.
    Cited(Citing),
    /// One of these texts, whole; those that are empty do not count.
    OneOf(Vec<String>),
}

/// What citing means.
///
/// A marker is `[1]`, `[1][2]` or `[1, 2]`, in the sentence or right behind its full stop; square
/// brackets hold nothing else, and have no other form. A sentence ends with `。！？`, with `.!?` where
/// white space and no small letter follows, or with its line; a full stop behind a single letter
/// or a capitalised word or number of at most three may be an abbreviation's or a list's, and marks in
/// brackets or quotation marks end nothing. So two sentences may pass for one, and longer
/// abbreviations (`approx.`) for an end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citing {
    /// The numbers a marker may name: those of the evidence that is shown.
    pub markers: Vec<u32>,
    /// Whole answers that cite nothing, such as one that says that the evidence does not tell.
    pub instead: Vec<String>,
}
