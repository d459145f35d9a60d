//! How rare a term is where a question is asked: over the passages in scope, where those are the lesser
//! part of the index. In one company's reports its name stands on every page and tells nothing; among a
//! hundred companies' it tells most. Not here: scores.

use super::schema::Fields;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, EnableScoring, Occur, Query};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Searcher, TERMINATED, Term};

/// A scope of more than this share of the index has nearly the same rarities, and counting them would
/// read all postings of every term.
const MOST_OF_IT: f32 = 0.5;
/// A scope so many times smaller than a term's postings is looked up in them, one by one.
const LOOKED_UP: usize = 16;

/// The passages in scope of each segment, ascending.
#[derive(Debug)]
pub struct InScope(Vec<Vec<DocId>>);

impl InScope {
    /// What clauses leave of an index, if that is its lesser part.
    pub fn of(
        searcher: &Searcher,
        clauses: Vec<(Occur, Box<dyn Query>)>,
    ) -> tantivy::Result<Option<Self>> {
        if clauses.is_empty() {
            return Ok(None);
        }
        let query = BooleanQuery::new(clauses);
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut scope = Vec::new();
        for segment in searcher.segment_readers() {
            let mut passages = Vec::new();
            weight.for_each_no_score(segment, &mut |docs| {
                passages.extend(docs.iter().filter(|doc| !segment.is_deleted(**doc)));
            })?;
            scope.push(passages);
        }
        let passages: usize = scope.iter().map(Vec::len).sum();
        let is_part = passages as f32 <= searcher.num_docs() as f32 * MOST_OF_IT;
        Ok(is_part.then_some(Self(scope)))
    }
}

/// Frequencies over a part of an index, or all of it.
pub struct Statistics<'a> {
    /// The index.
    pub searcher: &'a Searcher,
    /// The part; nothing for all.
    pub scope: Option<&'a InScope>,
}

impl Statistics<'_> {
    /// How many passages there are.
    pub fn passages(&self) -> u64 {
        let counted = |InScope(scope): &InScope| scope.iter().map(|s| s.len() as u64).sum();
        self.scope.map_or_else(|| self.searcher.num_docs(), counted)
    }

    /// In how many of them a term stands; in all of the index, those taken out lately may count.
    pub fn frequency(&self, term: &Term) -> tantivy::Result<u64> {
        let Some(InScope(scope)) = self.scope else { return self.searcher.doc_freq(term) };
        let mut found = 0;
        for (segment, passages) in self.searcher.segment_readers().iter().zip(scope) {
            let postings = segment.inverted_index(term.field())?;
            let held = postings.read_postings(term, IndexRecordOption::Basic)?;
            found += held.map_or(0, |postings| shared(postings, passages));
        }
        Ok(found)
    }

    /// In how many of them it stands, in text or in title and headings, whichever is more.
    pub fn frequency_anywhere(&self, fields: &Fields, term: &str) -> tantivy::Result<u64> {
        let of = |field| self.frequency(&Term::from_field_text(field, term));
        Ok(of(fields.body)?.max(of(fields.heading)?))
    }
}

/// How many of some passages, ascending, postings hold.
fn shared(mut postings: impl DocSet, passages: &[DocId]) -> u64 {
    let (mut found, mut at) = (0, 0);
    if passages.len().saturating_mul(LOOKED_UP) < postings.size_hint() as usize {
        let mut doc = postings.doc();
        for passage in passages {
            if doc < *passage {
                doc = postings.seek(*passage);
            }
            found += u64::from(doc == *passage);
        }
        return found;
    }
    let mut doc = postings.doc();
    while doc != TERMINATED && at < passages.len() {
        match doc.cmp(&passages[at]) {
            std::cmp::Ordering::Less => doc = postings.advance(),
            std::cmp::Ordering::Greater => at += 1,
            std::cmp::Ordering::Equal => {
                found += 1;
                at += 1;
                doc = postings.advance();
            }
        }
    }
    found
}

impl Bm25StatisticsProvider for Statistics<'_> {
    /// By the mean over the index: passages are cut to about one length.
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        let all = self.searcher.total_num_tokens(field)?;
        let share = self.passages() as f64 / self.searcher.total_num_docs()?.max(1) as f64;
        Ok(if self.scope.is_some() { (all as f64 * share) as u64 } else { all })
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        let all = || self.searcher.total_num_docs();
        self.scope.map_or_else(all, |_| Ok(self.passages().max(1)))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        self.frequency(term)
    }
}
