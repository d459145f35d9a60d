//! What became of a quotation in another version of its document: its words are looked up by themselves
//! and by what stood around them (as a `TextQuoteSelector` of the W3C's Web Annotation Data Model), and
//! where they were altered, by alignment. Deliberately not here: which versions there are.
//!
//! A place that is not the quotation's is worse than none. Words that stand in several places are told
//! apart by their surroundings, and those that are altered are followed only where one place is clearly
//! nearer than all others.

mod align;
mod flat;

use align::{best_in, similarity};
use flat::folded;
pub use flat::{Span, VersionText};
use yinju_core::CharRange;
use yinju_core::PageNumber;
use yinju_core::text::is_cjk;

/// Letters of the surroundings that are compared on each side.
const AROUND: usize = 120;
/// Letters of them that have to stand there as they were to mark a place by themselves.
const LANDMARK: usize = 16;
/// Weight from which words speak for themselves where what stood around them does not; an ideograph counts for two letters and a half.
const TELLING: f32 = 24.0;
/// Weight from which nobody writes the same words twice by chance.
const UNMISTAKABLE: f32 = 60.0;
/// Surroundings that are at least so alike are the same.
const SAME_AROUND: f32 = 0.5;
/// The same beyond doubt.
const SURELY_AROUND: f32 = 0.8;
/// One side of them that is at least so alike is the same.
const ONE_SIDE: f32 = 0.7;
/// Places that are looked at where the same words stand again and again.
const REPETITIONS: usize = 40;
/// Differences of surroundings that tell nothing.
const EQUALLY: f32 = 0.02;
/// How much nearer one place has to be than another.
const CLEARLY: f32 = 0.05;

/// Words that were quoted.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a> {
    /// The words.
    pub quote: &'a str,
    /// The page they begin on.
    pub page: PageNumber,
    /// Their characters on it, where that was kept.
    pub range: Option<CharRange>,
}

/// What became of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They stand there, word for word.
    Stand(Vec<Span>),
    /// Something else stands in their place, or they were altered.
    Changed(Vec<Span>),
    /// They are nowhere.
    Gone,
}

/// Letters before and after some words.
#[derive(Default)]
struct Around {
    before: Vec<char>,
    after: Vec<char>,
}

/// Where the words stood, and where else the same stood.
struct Origin<'a> {
    old: &'a VersionText,
    start: usize,
    others: Vec<usize>,
}

/// Looks the words up, of which it is better known which they are where the old version's text is at hand.
pub fn follow(quoted: &Quoted<'_>, old: Option<&VersionText>, new: &VersionText) -> Fate {
    let words = folded(quoted.quote);
    if words.is_empty() {
        return Fate::Gone;
    }
    let origin = old.and_then(|old| Origin::of(quoted, old, &words));
    let around = origin
        .as_ref()
        .map_or_else(Around::default, |origin| Around::of(origin.old, origin.start, words.len()));
    let mut places = new.occurrences(&words);
    places.retain(|start| new.is_whole(*start, *start + words.len()));
    if let Some(origin) = origin.as_ref().filter(|origin| !origin.others.is_empty()) {
        places = origin.own_of(places, &words, &around, new);
    }
    let stood_once = origin.as_ref().is_some_and(|origin| origin.others.is_empty());
    let is_once = stood_once && places.len() == 1;
    let same = the_one(&places, words.len(), quoted, &around, new);
    let at_same = same.and_then(|start| around.likeness(new, start, words.len()));
    let is_sure = at_same.is_none_or(|likeness| likeness.mean >= SURELY_AROUND);
    if let Some(start) = same.filter(|_| is_sure) {
        return Fate::Stand(new.spans(start, start + words.len()));
    }
    // Where the same words stand among others, they may be a repetition, and these may be altered.
    let stood_there = |place: &(usize, usize)| {
        let now = &new.letters()[place.0..place.1];
        old.is_some_and(|old| old.occurrences(now).len() >= new.occurrences(now).len())
    };
    let other = altered(&words, &around, new)
        .filter(|place| !stood_there(place))
        .or_else(|| replaced(&words, &around, new).filter(|place| !stood_there(place)));
    let at_other = other.and_then(|(start, end)| around.likeness(new, start, end - start));
    let is_better = at_other.zip(at_same).is_none_or(|(other, same)| other.mean > same.mean);
    match (same, other) {
        (_, Some((start, end))) if is_better => Fate::Changed(new.whole_words(start, end)),
        (Some(start), _) if is_followed(&words, is_once, at_same) => {
            Fate::Stand(new.spans(start, start + words.len()))
        }
        _ => Fate::Gone,
    }
}

impl<'a> Origin<'a> {
    /// None where the old text does not hold the words.
    fn of(quoted: &Quoted<'_>, old: &'a VersionText, words: &[char]) -> Option<Self> {
        let mut others = old.occurrences(words);
        let begin = quoted.range.map_or(0, |range| range.start);
        let stood = old.letter_at(quoted.page, begin)?;
        let own = (0..others.len()).min_by_key(|n| others[*n].abs_diff(stood))?;
        let start = others.remove(own);
        others.truncate(REPETITIONS);
        Some(Self { old, start, others })
    }

    /// Of places in the new version those that are not rather one of the others'.
    fn own_of(
        &self,
        places: Vec<usize>,
        words: &[char],
        around: &Around,
        new: &VersionText,
    ) -> Vec<usize> {
        let length = words.len();
        let others: Vec<Around> =
            self.others.iter().map(|start| Around::of(self.old, *start, length)).collect();
        let mean = |around: &Around, at: usize| {
            around.likeness(new, at, length).map_or(0.0, |likeness| likeness.mean)
        };
        let (mut clear, mut tied) = (Vec::new(), Vec::new());
        for at in places.into_iter().take(REPETITIONS) {
            let mine = mean(around, at);
            let theirs = others.iter().map(|other| mean(other, at)).fold(0.0, f32::max);
            if mine > theirs + EQUALLY {
                clear.push(at);
            } else if mine >= theirs - EQUALLY {
                tied.push(at);
            }
        }
        if !clear.is_empty() {
            return clear;
        }
        // Repetitions in the same surroundings are told apart by their order, if none is missing.
        let is_twin = |start: &&usize| {
            let twin = around.likeness(self.old, **start, length);
            twin.is_none_or(|likeness| likeness.mean >= 1.0 - EQUALLY)
        };
        let twins: Vec<&usize> = self.others.iter().filter(is_twin).collect();
        let turn = twins.iter().filter(|start| ***start < self.start).count();
        if tied.len() > twins.len() { vec![tied[turn]] } else { Vec::new() }
    }
}

/// Whether words that stand among others than before are the same: one side is as it was, or they stood and
/// stand but once.
fn is_followed(words: &[char], is_once: bool, around: Option<Likeness>) -> bool {
    let is_telling = is_once && weight(words) >= TELLING;
    is_telling || around.is_none_or(|likeness| likeness.best >= ONE_SIDE)
}

impl Around {
    fn of(text: &VersionText, start: usize, length: usize) -> Self {
        let letters = text.letters();
        let end = (start + length).min(letters.len());
        Self {
            before: letters[start.saturating_sub(AROUND)..start].to_vec(),
            after: letters[end..(end + AROUND).min(letters.len())].to_vec(),
        }
    }

    /// How alike the surroundings of a place are; none where nothing is known of them.
    fn likeness(&self, new: &VersionText, start: usize, length: usize) -> Option<Likeness> {
        let letters = new.letters();
        let before = &letters[start.saturating_sub(self.before.len())..start];
        let end = (start + length).min(letters.len());
        let after = &letters[end..(end + self.after.len()).min(letters.len())];
        // Beyond where the text begins and ends nothing is known.
        let sides = [
            (&self.before[self.before.len() - before.len()..], before),
            (&self.after[..after.len()], after),
        ];
        let sides = sides.into_iter().filter(|(old, _)| !old.is_empty());
        let alike: Vec<f32> = sides.map(|(old, new)| similarity(old, new)).collect();
        let mean = alike.iter().sum::<f32>() / alike.len() as f32;
        let best = alike.iter().copied().fold(0.0, f32::max);
        (!alike.is_empty()).then_some(Likeness { mean, best })
    }
}

/// How alike the surroundings of two places are, 0 to 1.
#[derive(Clone, Copy, Debug)]
struct Likeness {
    /// Of both sides.
    mean: f32,
    /// Of the side that is more so.
    best: f32,
}

/// Of the places where the words stand the one whose surroundings are theirs; where these do not tell,
/// the one on their page, or nearest to it.
fn the_one(
    places: &[usize],
    length: usize,
    quoted: &Quoted<'_>,
    around: &Around,
    new: &VersionText,
) -> Option<usize> {
    let likeness =
        |start: usize| around.likeness(new, start, length).map_or(0.0, |likeness| likeness.mean);
    let best = places.iter().map(|start| likeness(*start)).fold(0.0, f32::max);
    let equal = places.iter().filter(|start| likeness(**start) > best - CLEARLY);
    equal.copied().min_by_key(|start| new.page_at(*start).get().abs_diff(quoted.page.get()))
}

fn weight(words: &[char]) -> f32 {
    words.iter().map(|c| if is_cjk(*c) { 2.5 } else { 1.0 }).sum()
}

/// Where the words stand altered: in most letters the same, and in their surroundings.
fn altered(words: &[char], around: &Around, new: &VersionText) -> Option<(usize, usize)> {
    let mut found: Vec<(f32, usize, usize)> = Vec::new();
    for window in new.windows_like(words) {
        let aligned = best_in(words, &new.letters()[window.clone()]);
        let (start, end) = (window.start + aligned.start, window.start + aligned.end);
        let same = 1.0 - aligned.distance as f32 / words.len() as f32;
        let likeness = around.likeness(new, start, end - start).map(|likeness| likeness.mean);
        let is_followed = match likeness {
            Some(likeness) if likeness >= 0.8 => same >= 0.5,
            Some(likeness) if likeness >= SAME_AROUND => same >= 0.65,
            Some(_) => same >= 0.9 && weight(words) >= UNMISTAKABLE,
            None => same >= 0.8 && weight(words) >= TELLING,
        };
        if is_followed {
            found.push((0.6 * same + 0.4 * likeness.unwrap_or(same), start, end));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (best, start, end) = *found.first()?;
    let is_other = |(_, from, to): &&(f32, usize, usize)| *from >= end || *to <= start;
    let rival = found.iter().find(is_other).map_or(0.0, |(score, _, _)| *score);
    (best - rival >= CLEARLY).then_some((start, end))
}

/// What stands between what stood before the words and what stood after them, where both are there and
/// mark one place.
fn replaced(words: &[char], around: &Around, new: &VersionText) -> Option<(usize, usize)> {
    let before = &around.before[around.before.len().checked_sub(LANDMARK)?..];
    let starts = new.occurrences(before);
    let [start] = starts[..] else { return None };
    let start = start + before.len();
    let end = if around.after.len() >= LANDMARK {
        let after = new.occurrences(&around.after[..LANDMARK]);
        let most = start + 3 * words.len() + AROUND;
        after.into_iter().find(|end| (start..=most).contains(end))?
    } else {
        new.end_of_line(start)
    };
    // Nothing there: they were taken out.
    (end >= start + 2).then_some((start, end))
}

#[cfg(test)]
mod tests;
