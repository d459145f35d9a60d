//! What a question names exactly comes first: the passages that hold a code, a number of a clause or a part,
//! before those that are like it. What such a name is, the room `answer` knows.

use crate::look::Found;
use crate::narrow::called_in;
use crate::search::SearchQuery;
use crate::{Engine, Result};
use std::cmp::Reverse;
use std::collections::HashMap;
use yinju_answer::identifiers::{self, Identifier};
use yinju_core::ports::RankedPassage;
use yinju_core::{Mode, Passage, PassageId};

/// Passages among which the one is looked for that a question names exactly: in lists of parts or
/// orders, hundreds are like it.
const LOOK_ALIKES: usize = 400;

/// A name that stands in more of the passages tells none of them from the others.
const MOST_HOLDING: usize = 8;

/// Whether a passage, its headings or its document's title hold a name.
pub(crate) fn holds(passage: &Passage, title: &str, identifier: &Identifier) -> bool {
    let mut headings = passage.draft.section.iter();
    identifier.stands_in(&passage.draft.text)
        || identifier.stands_in(title)
        || headings.any(|heading| identifier.stands_in(heading))
}

impl Engine {
    /// Puts the passages first that hold most of what the question names exactly, looking for those that were
    /// not found among look-alikes.
    pub(crate) fn exact_first(&self, query: &SearchQuery, mut found: Found) -> Result<Found> {
        let is_placed = found.narrowed.as_ref().is_some_and(|narrowed| narrowed.passages);
        let exact = identifiers::named(&query.text);
        if exact.is_empty() || is_placed || query.mode == Mode::Dense {
            return Ok(found);
        }
        let mut held: HashMap<PassageId, Vec<bool>> = HashMap::new();
        for ranked in &found.ranked {
            held.insert(ranked.passage, self.held(ranked, &exact)?);
        }
        for (at, identifier) in exact.iter().enumerate() {
            if held.values().any(|held| held[at]) {
                continue;
            }
            let query = SearchQuery {
                text: identifier.written.clone(),
                mode: Mode::Lexical,
                limit: LOOK_ALIKES,
                is_asked: true,
                ..query.clone()
            };
            for ranked in self.look_once(&query)?.ranked {
                let holds = self.held(&ranked, &exact)?;
                if holds[at] && held.insert(ranked.passage, holds).is_none() {
                    found.ranked.push(RankedPassage { score: 0.0, ..ranked });
                }
            }
        }
        let telling: Vec<bool> = (0..exact.len())
            .map(|at| held.values().filter(|held| held[at]).count() <= MOST_HOLDING)
            .collect();
        let count = |ranked: &RankedPassage| {
            held[&ranked.passage]
                .iter()
                .zip(&telling)
                .filter(|(held, telling)| **held && **telling)
                .count()
        };
        // Two contracts have the same clause each: the one whose name is said is meant.
        let called = called_in(&query.text, &self.in_scope(&query.scope)?);
        found.ranked.sort_by_key(|ranked| {
            let count = count(ranked);
            Reverse((count, count > 0 && called.contains(&ranked.document)))
        });
        found.ranked.truncate(query.limit);
        Ok(found)
    }

    fn held(&self, ranked: &RankedPassage, exact: &[Identifier]) -> Result<Vec<bool>> {
        let Some(passage) = self.store().passage(ranked.passage)? else {
            return Ok(vec![false; exact.len()]);
        };
        let title = self.store().document(ranked.document)?.reference.title;
        Ok(exact.iter().map(|identifier| holds(&passage, &title, identifier)).collect())
    }
}
