//! Looking up postings: a question's best passages, and passages by their ids.

use super::schema::{Fields, language_of};
use super::statistics::Statistics;
use super::{Posted, stands_at};
use crate::config::IndexConfig;
use crate::text::question::Question;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Searcher, SegmentReader, Term};
use yinju_core::ports::Conditions;
use yinju_core::{DocumentId, PassageId, Scope};

/// One state of the postings, to be looked into.
pub struct Lookup<'a> {
    /// The state.
    pub searcher: &'a Searcher,
    /// Its fields.
    pub fields: &'a Fields,
    /// How rare terms are where the question is asked.
    pub statistics: Statistics<'a>,
}

impl Lookup<'_> {
    /// The passages with the highest BM25 scores (k1 = 1.2, b = .75: tantivy's), best first; equal
    /// scores in the order of ids.
    pub fn best(
        &self,
        question: &Question,
        scope: &Scope,
        conditions: &Conditions,
        limit: usize,
        config: &IndexConfig,
    ) -> tantivy::Result<Vec<(Posted, f32)>> {
        let terms = self.rarest(question, config.longest_question_terms)?;
        if terms.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut query = self.any_of(&terms, config.heading_weight);
        let mut clauses = self.narrowed(scope, conditions);
        if !clauses.is_empty() {
            clauses.push((Occur::Must, Box::new(query)));
            query = BooleanQuery::new(clauses);
        }
        let mut best = self.scored(&query, limit)?;
        best.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.passage.cmp(&b.0.passage)));
        Ok(best)
    }

    /// The same scores of given passages, of those that hold any term.
    pub fn scores(
        &self,
        question: &Question,
        passages: &[PassageId],
        config: &IndexConfig,
    ) -> tantivy::Result<Vec<(Posted, f32)>> {
        let terms = self.rarest(question, config.longest_question_terms)?;
        if passages.is_empty() {
            return Ok(Vec::new());
        }
        let these = Conditions { only: Some(passages.to_vec()), ..Conditions::default() };
        let any: Box<dyn Query> = Box::new(self.any_of(&terms, config.heading_weight));
        let mut clauses = self.narrowed(&Scope::default(), &these);
        clauses.push((Occur::Must, any));
        self.scored(&BooleanQuery::new(clauses), passages.len())
    }

    fn scored(&self, query: &BooleanQuery, limit: usize) -> tantivy::Result<Vec<(Posted, f32)>> {
        let collector = TopDocs::with_limit(limit).order_by_score();
        let statistics = &self.statistics;
        let top = self.searcher.search_with_statistics_provider(query, &collector, statistics)?;
        let posted = self.identify(top.iter().map(|(_, address)| *address))?;
        Ok(posted.into_iter().zip(top.into_iter().map(|(score, _)| score)).collect())
    }

    /// The postings of given passages, where they have any.
    pub fn find(&self, passages: &[PassageId]) -> tantivy::Result<Vec<Posted>> {
        let mut addresses = Vec::with_capacity(passages.len());
        for (ord, segment) in self.searcher.segment_readers().iter().enumerate() {
            let postings = segment.inverted_index(self.fields.passage)?;
            for passage in passages {
                let term = self.fields.passage_term(*passage);
                let Some(mut docs) = postings.read_postings(&term, IndexRecordOption::Basic)?
                else {
                    continue;
                };
                let alive = std::iter::from_fn(|| next_alive(&mut docs, segment));
                addresses.extend(alive.map(|doc| DocAddress::new(ord as u32, doc)));
            }
        }
        self.identify(addresses)
    }

    /// Which passages stand at these addresses, in their order.
    pub fn identify(
        &self,
        addresses: impl IntoIterator<Item = DocAddress>,
    ) -> tantivy::Result<Vec<Posted>> {
        let mut columns: BTreeMap<u32, [Column<u64>; 3]> = BTreeMap::new();
        let mut posted = Vec::new();
        for address in addresses {
            let [passages, documents, languages] = match columns.entry(address.segment_ord) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => {
                    let fast = self.searcher.segment_reader(address.segment_ord).fast_fields();
                    let of = |name| fast.u64(name);
                    new.insert([of("passage")?, of("document")?, of("language")?])
                }
            };
            let doc = address.doc_id;
            if let (Some(passage), Some(document), Some(code)) =
                (passages.first(doc), documents.first(doc), languages.first(doc))
            {
                let (passage, document) = (PassageId(passage), DocumentId(document));
                posted.push(Posted { passage, document, language: language_of(code), address });
            }
        }
        Ok(posted)
    }

    /// The question's terms that stand in any passage, the rarest `most` of them, with how often
    /// each is asked for.
    fn rarest<'q>(
        &self,
        question: &'q Question,
        most: usize,
    ) -> tantivy::Result<Vec<(&'q str, u32)>> {
        let mut terms = Vec::with_capacity(question.terms.len());
        for (term, count) in &question.terms {
            let frequency = self.statistics.frequency_anywhere(self.fields, term)?;
            if frequency > 0 {
                terms.push((frequency, term.as_str(), *count));
            }
        }
        terms.sort_unstable_by_key(|&(frequency, term, count)| (frequency, Reverse(count), term));
        terms.truncate(most);
        Ok(terms.into_iter().map(|(_, term, count)| (term, count)).collect())
    }

    fn any_of(&self, terms: &[(&str, u32)], heading_weight: f32) -> BooleanQuery {
        let clause = |field: Field, term: &str, weight: f32| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(field, term);
            let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(query), weight)))
        };
        let mut clauses = Vec::with_capacity(terms.len() * 2);
        for &(term, count) in terms {
            clauses.push(clause(self.fields.body, term, count as f32));
            if heading_weight > 0.0 {
                clauses.push(clause(self.fields.heading, term, count as f32 * heading_weight));
            }
        }
        BooleanQuery::new(clauses)
    }
}

fn next_alive(docs: &mut impl tantivy::DocSet, segment: &SegmentReader) -> Option<u32> {
    loop {
        let doc = docs.doc();
        if !stands_at(docs, doc) {
            return None;
        }
        docs.advance();
        if !segment.is_deleted(doc) {
            return Some(doc);
        }
    }
}
