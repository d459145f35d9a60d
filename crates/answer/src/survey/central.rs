//! Which sentences say most of what a text says. A word counts by how often the text has it and how few
//! of its sentences; what a chosen sentence says counts for little afterwards (`SumBasic`, Nenkova &
//! Vanderwende 2005). Sections take turns, so that none is silent while another speaks twice.

use crate::sources::Candidate;
use std::collections::{BTreeMap, HashMap};
use yinju_core::Evidence;

/// A sentence no longer than this, as a share of the longest quotation, is a fragment.
const FRAGMENT: f32 = 0.06;
/// What a word is still worth after a sentence with it was chosen.
const REPEATED: f32 = 0.3;
/// What the first sentence of a passage gains: it says what the rest is about.
const FIRST: f32 = 1.25;

/// At most so many sentences, in the text's order.
pub(super) fn choose<'a>(
    all: &'a [Candidate],
    evidence: &[Evidence],
    most: usize,
) -> Vec<&'a Candidate> {
    let mut sections: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut order: HashMap<(u64, &str), usize> = HashMap::new();
    for (index, candidate) in all.iter().enumerate().filter(|(_, c)| c.length() >= FRAGMENT) {
        let hit = &evidence[candidate.evidence].hit;
        let heading = hit.passage.draft.section.first().map_or("", String::as_str);
        let next = order.len();
        let section = *order.entry((hit.document.id.0, heading)).or_insert(next);
        sections.entry(section).or_default().push(index);
    }
    let mut worth = word_worths(all);
    let mut chosen: Vec<usize> = Vec::new();
    loop {
        let before = chosen.len();
        for members in sections.values() {
            if chosen.len() == most {
                break;
            }
            let open = members.iter().filter(|index| !chosen.contains(index));
            let best = open.max_by(|a, b| {
                let value = |index: &usize| value(&all[*index], is_first(all, *index), &worth);
                value(a).total_cmp(&value(b)).then(b.cmp(a))
            });
            if let Some(&best) = best {
                for (term, _) in all[best].terms().iter() {
                    worth.entry(term).and_modify(|worth| *worth *= REPEATED);
                }
                chosen.push(best);
            }
        }
        if chosen.len() == before || chosen.len() >= most {
            break;
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(|index| &all[index]).collect()
}

fn is_first(all: &[Candidate], index: usize) -> bool {
    index.checked_sub(1).is_none_or(|before| all[before].evidence != all[index].evidence)
}

/// The mean worth of a sentence's words, a little more for its length: a long one says more.
fn value(candidate: &Candidate, is_first: bool, worth: &HashMap<String, f32>) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (term, own) in candidate.terms().iter() {
        sum += own * worth.get(&term).copied().unwrap_or(0.0);
        weight += own;
    }
    let mean = if weight > 0.0 { sum / weight } else { 0.0 };
    mean * (0.5 + candidate.length().min(0.5)) * if is_first { FIRST } else { 1.0 }
}

/// `f · ln(1 + N / n)`: how often, and in how few sentences.
fn word_worths(all: &[Candidate]) -> HashMap<String, f32> {
    let mut holders: HashMap<String, f32> = HashMap::new();
    for candidate in all {
        for (term, _) in candidate.terms().iter() {
            *holders.entry(term).or_default() += 1.0;
        }
    }
    let count = all.len().max(1) as f32;
    // A word of a single sentence may be a slip, one of all of them says nothing.
    let worth = |n: f32| if n < 2.0 { 0.1 } else { (n / count).sqrt() * (1.0 + count / n).ln() };
    holders.into_iter().map(|(term, n)| (term, worth(n))).collect()
}
