//! The rows of tables that a question asks for: by what a row is called, in the document that the
//! question speaks of. A row's name is one of its labels, said whole; a part of a longer name that is
//! said whole names nothing (`supply current` where `supply current, standby` is asked for).

use crate::rows::{self, Naming};
use crate::sources::Candidate;
use crate::terms::Terms;
use yinju_core::{DocumentId, Evidence};

/// Of what a question names in tables, few rows are meant.
const MOST: usize = 2;

/// A row that may be meant.
struct Named<'a> {
    candidate: &'a Candidate,
    naming: Naming,
}

/// The rows that a question names, the surest first.
pub(super) fn rows<'a>(
    question: &str,
    all: &'a [Candidate],
    evidence: &[Evidence],
) -> Vec<&'a Candidate> {
    let asked = Terms::union([&rows::read(question), &Terms::of(&compounds(question))]);
    let naming = |candidate: &'a Candidate| {
        let (grid, row) = candidate.row.as_ref()?;
        let naming = grid.naming(*row, &asked)?;
        Some(Named { candidate, naming })
    };
    let mut named: Vec<Named> = all.iter().filter_map(naming).collect();
    // What one row does not say another may: it tells rows, not documents, from one another.
    let besides = Besides::of(&asked, &named, evidence);
    // Another document has more of what is asked besides the row: this one is of its sibling.
    let most = besides.most();
    named.retain(|row| besides.told_by(row.candidate) + f32::EPSILON >= most);
    // Where a sentence says more of the question than a row whose columns are not asked for, it may
    // be the sentence that answers; that it names the document says nothing of it.
    let said = |candidate: &Candidate| besides.said_apart(candidate, &asked);
    let most_said = all.iter().filter(|c| c.row.is_none()).map(said).fold(0.0, f32::max);
    named.retain(|row| row.naming.by_head || said(row.candidate) >= most_said);
    let others: Vec<Naming> = named.iter().map(|row| row.naming.clone()).collect();
    let is_part = |row: &Naming| {
        others.iter().any(|other| row.is_part_of(other) && other.weight > row.weight)
    };
    named.retain(|row| !is_part(&row.naming));
    let whole = named.iter().any(|row| row.naming.is_whole);
    named.retain(|row| row.naming.is_whole == whole);
    named.sort_by(|a, b| b.naming.weight.total_cmp(&a.naming.weight));
    let mut chosen: Vec<&Candidate> = named.iter().map(|row| row.candidate).collect();
    // Two passages may overlap.
    chosen.dedup_by_key(|candidate| candidate.text());
    // A part of a name is no sign where several rows have it.
    if !whole && chosen.len() > 1 {
        return Vec::new();
    }
    chosen.truncate(MOST);
    chosen
}

/// `start up` as `startup` is written, and so every two words.
fn compounds(question: &str) -> String {
    let words: Vec<&str> = question.split(|c: char| !c.is_ascii_alphabetic()).collect();
    words.windows(2).map(<[&str]>::concat).collect::<Vec<_>>().join("\n")
}

/// What a question says besides the rows it names, as far as it tells the documents of the evidence
/// from one another: for each its weight.
struct Besides {
    terms: Vec<(String, f32)>,
    told: Vec<f32>,
    /// Of each piece of evidence, whose it is.
    places: Vec<usize>,
}

impl Besides {
    fn of(asked: &Terms, named: &[Named], evidence: &[Evidence]) -> Self {
        let (mut all, mut places): (Vec<(DocumentId, Terms)>, Vec<usize>) = Default::default();
        for item in evidence {
            let hit = &item.hit;
            let section = hit.passage.draft.section.join("\n");
            let text = format!("{}\n{section}\n{}", hit.document.title, hit.passage.draft.text);
            let terms = Terms::of(&text);
            let known = all.iter().position(|(id, _)| *id == hit.document.id);
            places.push(known.unwrap_or(all.len()));
            match known {
                Some(place) => all[place].1 = Terms::union([&all[place].1, &terms]),
                None => all.push((hit.document.id, terms)),
            }
        }
        let rows = named.iter().filter_map(|row| row.candidate.row.as_ref());
        let rows = Terms::union(rows.map(|(grid, row)| grid.own_terms(*row)));
        let tells = |term: &str| !rows.has(term) && !all.iter().all(|(_, terms)| terms.has(term));
        let besides: Vec<(String, f32)> = asked.iter().filter(|(term, _)| tells(term)).collect();
        let weight = |terms: &Terms| {
            besides.iter().filter(|(term, _)| terms.has(term)).map(|(_, weight)| weight).sum()
        };
        let told = all.iter().map(|(_, terms)| weight(terms)).collect();
        Self { terms: besides, told, places }
    }

    /// How much of a question a candidate says, without what tells documents from one another.
    fn said_apart(&self, candidate: &Candidate, asked: &Terms) -> f32 {
        let named = self.terms.iter().filter(|(term, _)| candidate.terms().has(term));
        candidate.terms().shared_with(asked) - named.map(|(_, weight)| weight).sum::<f32>()
    }

    fn told_by(&self, candidate: &Candidate) -> f32 {
        self.told[self.places[candidate.evidence]]
    }

    fn most(&self) -> f32 {
        self.told.iter().copied().fold(0.0, f32::max)
    }
}
