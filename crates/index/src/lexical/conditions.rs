//! What a passage must be to be found: where it stands, and words it must hold or must not. None of
//! it changes a score.

use super::Posted;
use super::lookup::Lookup;
use std::collections::HashSet;
use tantivy::Term;
use tantivy::collector::DocSetCollector;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, Occur, Query, TermQuery, TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};
use yinju_core::ports::Conditions;
use yinju_core::{PassageId, Phrase, Place, Scope};

impl Lookup<'_> {
    /// Narrows a query; `None` where nothing narrows it.
    pub fn narrowed(&self, scope: &Scope, conditions: &Conditions) -> Vec<(Occur, Box<dyn Query>)> {
        let fields = self.fields;
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = [
            one_of(scope.libraries.iter().map(|l| fields.library_term(*l))),
            one_of(scope.documents.iter().map(|d| fields.document_term(*d))),
            one_of(scope.languages.iter().map(|l| fields.language_term(*l))),
        ]
        .into_iter()
        .flatten()
        .map(|query| (Occur::Must, query))
        .collect();
        if let Some(only) = &conditions.only {
            let terms = only.iter().map(|passage| fields.passage_term(*passage));
            clauses.push((Occur::Must, silent(TermSetQuery::new(terms))));
        }
        let holding = |phrase| self.holding(phrase);
        clauses.extend(conditions.required.iter().filter_map(holding).map(|q| (Occur::Must, q)));
        let single = conditions.excluded.iter().filter(|phrase| is_one_word(phrase));
        clauses.extend(single.filter_map(holding).map(|q| (Occur::MustNot, q)));
        clauses
    }

    /// Those of some passages that meet the conditions.
    pub fn meeting(
        &self,
        passages: &[Posted],
        conditions: &Conditions,
    ) -> tantivy::Result<HashSet<PassageId>> {
        let terms = passages.iter().map(|posted| self.fields.passage_term(posted.passage));
        let mut clauses = self.narrowed(&Scope::default(), conditions);
        clauses.push((Occur::Must, Box::new(TermSetQuery::new(terms))));
        clauses.push((Occur::Must, Box::new(AllQuery)));
        let found = self.searcher.search(&BooleanQuery::new(clauses), &DocSetCollector)?;
        Ok(self.identify(found)?.into_iter().map(|posted| posted.passage).collect())
    }

    /// Passages with every term of a phrase; `None` for a phrase without any.
    fn holding(&self, phrase: &Phrase) -> Option<Box<dyn Query>> {
        let terms = crate::text::terms(&phrase.text);
        let clauses: Vec<_> =
            terms.iter().map(|t| (Occur::Must, self.term(t, phrase.place))).collect();
        (!clauses.is_empty()).then(|| silent(BooleanQuery::new(clauses)))
    }

    fn term(&self, term: &str, place: Place) -> Box<dyn Query> {
        let of = |field: Field| -> Box<dyn Query> {
            let term = Term::from_field_text(field, term);
            Box::new(TermQuery::new(term, IndexRecordOption::Basic))
        };
        let heading = of(self.fields.heading);
        match place {
            Place::Heading => heading,
            Place::Anywhere => {
                let either = vec![(Occur::Should, heading), (Occur::Should, of(self.fields.body))];
                Box::new(BooleanQuery::new(either))
            }
        }
    }
}

/// Whether holding its terms is holding it: several words may stand apart.
fn is_one_word(phrase: &Phrase) -> bool {
    !phrase.text.trim().contains(char::is_whitespace)
}

/// Any of the terms; `None` for no terms.
fn one_of(terms: impl Iterator<Item = Term>) -> Option<Box<dyn Query>> {
    let terms: Vec<Term> = terms.collect();
    (!terms.is_empty()).then(|| silent(TermSetQuery::new(terms)))
}

fn silent(query: impl Query) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(Box::new(query), 0.0))
}
