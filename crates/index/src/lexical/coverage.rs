//! How much of what a question names a passage holds. A later step refuses to answer where the best
//! passages hold too little, so that a share is comparable between questions: 0 to 1.
//!
//! The question's units (content words, names, numbers: [`Question::units`]) weigh by inverse
//! document frequency, `ln(1 + (N − n + ½) / (n + ½))` where the question is asked, so a word no passage has
//! weighs most. A unit counts in full where the text, title or headings of the passage have its
//! term, otherwise by the share of its parts, or of the terms of another name, that they have.

use super::schema::Fields;
use super::stands_at;
use super::statistics::Statistics;
use crate::text::question::{Question, Unit};
use std::collections::{BTreeMap, BTreeSet};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocAddress, Searcher, Term};

/// Shares of the question that passages cover, in the order of `addresses`. 0 for every passage
/// where the question names nothing.
pub fn of(
    statistics: &Statistics<'_>,
    fields: &Fields,
    question: &Question,
    addresses: &[DocAddress],
) -> tantivy::Result<Vec<f32>> {
    let weights = weights(statistics, fields, &question.units)?;
    let total: f32 = weights.iter().map(|(_, weight)| weight).sum();
    if total <= 0.0 {
        return Ok(vec![0.0; addresses.len()]);
    }
    let held = held_terms(statistics.searcher, fields, question, addresses)?;
    let share = |address: &DocAddress| {
        let terms = &held[address];
        let covered: f32 = weights.iter().map(|(unit, w)| w * presence(unit, terms)).sum();
        (covered / total).clamp(0.0, 1.0)
    };
    Ok(addresses.iter().map(share).collect())
}

/// 1 where the unit is there, the share of its parts otherwise.
fn presence(unit: &Unit, terms: &BTreeSet<&str>) -> f32 {
    if terms.contains(unit.whole.as_str()) {
        return 1.0;
    }
    let names = unit.others.iter().chain(std::iter::once(&unit.parts));
    names.map(|name| share(name, terms)).fold(0.0, f32::max)
}

fn share(parts: &[String], terms: &BTreeSet<&str>) -> f32 {
    let found = parts.iter().filter(|part| terms.contains(part.as_str())).count();
    found as f32 / parts.len().max(1) as f32
}

fn weights<'q>(
    statistics: &Statistics<'_>,
    fields: &Fields,
    units: &'q BTreeSet<Unit>,
) -> tantivy::Result<Vec<(&'q Unit, f32)>> {
    let passages = statistics.passages() as f32;
    let weigh = |unit: &'q Unit| {
        let found = (frequency(statistics, fields, unit)? as f32).min(passages);
        Ok((unit, (1.0 + (passages - found + 0.5) / (found + 0.5)).ln()))
    };
    units.iter().map(weigh).collect()
}

/// The units of a question that stand in no passage, as the question writes them.
pub fn absent(
    searcher: &Searcher,
    fields: &Fields,
    question: &Question,
) -> tantivy::Result<Vec<String>> {
    let mut absent = Vec::new();
    for unit in &question.units {
        if !stands_anywhere(searcher, fields, unit)? {
            absent.extend(question.written.get(&unit.whole).cloned());
        }
    }
    Ok(absent)
}

fn stands_anywhere(searcher: &Searcher, fields: &Fields, unit: &Unit) -> tantivy::Result<bool> {
    let is_posted = |term: &String| -> tantivy::Result<bool> {
        let of = |field| searcher.doc_freq(&Term::from_field_text(field, term));
        Ok(of(fields.body)? > 0 || of(fields.heading)? > 0)
    };
    if is_posted(&unit.whole)? {
        return Ok(true);
    }
    for name in unit.others.iter().chain(std::iter::once(&unit.parts)) {
        let held = name.iter().map(is_posted).collect::<tantivy::Result<Vec<_>>>()?;
        if !held.is_empty() && held.into_iter().all(|is_held| is_held) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Passages with a unit, about: a person's own word stands nowhere as a whole, and is there at most as
/// often as the rarest of its terms.
fn frequency(statistics: &Statistics<'_>, fields: &Fields, unit: &Unit) -> tantivy::Result<u64> {
    let of = |term: &String| statistics.frequency(&Term::from_field_text(fields.body, term));
    let mut most = of(&unit.whole)?;
    if !unit.others.is_empty() {
        for name in unit.others.iter().chain(std::iter::once(&unit.parts)) {
            let frequencies = name.iter().map(of).collect::<tantivy::Result<Vec<_>>>()?;
            most = most.max(frequencies.into_iter().min().unwrap_or_default());
        }
    }
    Ok(most)
}

/// Which of the question's unit terms each passage holds, in text, title or headings.
fn held_terms<'q>(
    searcher: &Searcher,
    fields: &Fields,
    question: &'q Question,
    addresses: &[DocAddress],
) -> tantivy::Result<BTreeMap<DocAddress, BTreeSet<&'q str>>> {
    let mut held: BTreeMap<DocAddress, BTreeSet<&str>> =
        addresses.iter().map(|address| (*address, BTreeSet::new())).collect();
    let terms: BTreeSet<&str> = question.unit_terms().collect();
    let segments: BTreeSet<u32> = addresses.iter().map(|a| a.segment_ord).collect();
    for segment in segments {
        for field in [fields.body, fields.heading] {
            mark_held(searcher, field, segment, &terms, &mut held)?;
        }
    }
    Ok(held)
}

/// Walks each term's postings of one segment beside its passages, both in ascending order.
fn mark_held<'q>(
    searcher: &Searcher,
    field: Field,
    segment: u32,
    terms: &BTreeSet<&'q str>,
    held: &mut BTreeMap<DocAddress, BTreeSet<&'q str>>,
) -> tantivy::Result<()> {
    let postings = searcher.segment_reader(segment).inverted_index(field)?;
    let of_segment = DocAddress::new(segment, 0)..=DocAddress::new(segment, u32::MAX);
    for term in terms {
        let key = Term::from_field_text(field, term);
        let Some(mut docs) = postings.read_postings(&key, IndexRecordOption::Basic)? else {
            continue;
        };
        for (address, found) in held.range_mut(of_segment.clone()) {
            if stands_at(&mut docs, address.doc_id) {
                found.insert(term);
            }
        }
    }
    Ok(())
}
