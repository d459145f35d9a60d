//! A summary that a language model writes: of each part of a text what it says, then of those points the
//! whole (map and reduce). A part of which nothing stands up to the check is told by its own words.

use super::keeping::Draft;
use super::surveyed::cited;
use super::{Asking, milliseconds, numbered};
use crate::page_cache::PageCache;
use crate::{Engine, Result};
use std::fmt::Write as _;
use std::ops::Range;
use std::time::Instant;
use yinju_answer::prompt::Trust;
use yinju_answer::stream::MarkerStream;
use yinju_answer::{Checked, check, prompt, survey};
use yinju_core::ports::{FinishReason, GenerateRequest, Message};
use yinju_core::text::fold_whitespace;
use yinju_core::{
    AnswerUpdate, Citation, Evidence, GeneratorSpec, Hit, Language, Sentence, Support,
};

/// Tokens of a part: what a small model reads in a few seconds and can say in two sentences.
const PART_TOKENS: u32 = 700;
/// Parts of a text, at most; of a longer one passages are chosen evenly.
const MOST_PARTS: usize = 12;
/// Tokens a model writes about a part, and about the whole.
const ABOUT_A_PART: u32 = 120;
const ABOUT_THE_WHOLE: u32 = 240;
/// So many points need no summary of their own.
const FEW_POINTS: usize = 3;
/// Sentences kept of a part, and of the whole.
const OF_A_PART: usize = 2;
const OF_THE_WHOLE: usize = 5;

/// A sentence about a part, with the passages that bear it out.
struct Point {
    text: String,
    markers: Vec<u32>,
}

impl Point {
    fn cited(&self) -> String {
        self.markers.iter().fold(format!("{} ", self.text), |mut text, marker| {
            let _ = write!(text, "[{marker}]");
            text
        })
    }
}

/// What is said of a text: of the whole, then of its parts under their headings.
#[derive(Default)]
struct Digest {
    whole: Vec<Point>,
    parts: Vec<(String, Vec<Point>)>,
}

impl Digest {
    fn text(&self) -> String {
        let whole: Vec<String> = self.whole.iter().map(Point::cited).collect();
        let mut text = whole.join(" ");
        let mut last = None;
        for (heading, points) in self.parts.iter().filter(|(_, points)| !points.is_empty()) {
            text.push_str(&told(heading, points, last == Some(heading)));
            last = Some(heading);
        }
        text.trim().replace("\n\n\n", "\n\n")
    }

    fn points(&self) -> impl Iterator<Item = &Point> {
        self.parts.iter().flat_map(|(_, points)| points)
    }

    /// Leaves out what nothing bears out once all passages are there to be held against.
    fn keep(&mut self, checked: &Checked) {
        let open = checked.sentences.iter().filter(|sentence| sentence.markers.is_empty());
        let open: Vec<&str> = open.map(|sentence| sentence.text.as_str()).collect();
        let stands = |point: &Point| !open.contains(&point.text.as_str());
        self.whole.retain(stands);
        self.parts.iter_mut().for_each(|(_, points)| points.retain(stands));
    }
}

impl Asking<'_> {
    /// Writes it, telling each point as it is known; a refusal where there is no text.
    pub(super) fn digest(&mut self) -> Result<()> {
        let engine = self.engine;
        let hits = engine.text_of(self.request)?;
        self.answer.timings.retrieve = milliseconds(self.start);
        if hits.is_empty() {
            return self.refuse(&[]);
        }
        let model = engine.models().generator(self.request.model.as_ref())?;
        let profile = engine.0.adapters.generator.load(&model)?;
        self.answer.model = Some(model.id.to_string());
        if let Some(provenance) = &mut self.answer.provenance {
            provenance.model = Some(engine.facts(&model, profile.architecture)?);
        }
        let (listed, said): (Vec<Hit>, Vec<Hit>) = hits.into_iter().partition(is_reference);
        let hits = if said.is_empty() { listed } else { said };
        let evidence = numbered(engine.within_parts(&model, hits)?);
        let parts = engine.parts(&model, &evidence)?;
        self.tell_evidence(&evidence);
        self.note_set_apart(&evidence);
        let mut cache = PageCache::new(engine.store());
        cache.fill(&evidence)?;
        let pages = |document, page| cache.held(document, page).cloned();
        let mut draft = Draft::new(engine.store(), &self.place, &self.answer);
        let (mut digest, total) = (Digest::default(), parts.len() as u32);
        for (done, part) in (0..).zip(parts) {
            self.tell(AnswerUpdate::Progress { done, total });
            let part = &evidence[part];
            let about = self.about(&model, part)?;
            if self.cancel.is_cancelled() {
                break;
            }
            let mut points = standing(&check::check(&about, part, &pages), part, OF_A_PART);
            if points.is_empty() {
                points = standing(&survey::summary(part, &pages, 1), part, 1);
            }
            let heading = heading_of(&part[0]);
            let goes_on = digest.parts.last().is_some_and(|(last, _)| *last == heading);
            self.tell(AnswerUpdate::Token { text: told(&heading, &points, goes_on) });
            digest.parts.push((heading, points));
            draft.keep(&digest.text());
        }
        self.tell(AnswerUpdate::Progress { done: total, total });
        if digest.points().count() > FEW_POINTS && !self.cancel.is_cancelled() {
            let whole = self.of_points(&model, &digest, &evidence)?;
            let checked = check::check(&whole, &evidence, &pages);
            digest.whole = standing(&checked, &evidence, OF_THE_WHOLE);
        }
        let checking = Instant::now();
        digest.keep(&check::check(&digest.text(), &evidence, &pages));
        let checked = check::check(&digest.text(), &evidence, &pages);
        self.answer.timings.check = milliseconds(checking);
        self.answer.evidence = cited(&checked, evidence);
        self.answer.interrupted = self.cancel.is_cancelled();
        self.take(checked);
        Ok(())
    }

    /// What the model says of a part.
    fn about(&mut self, model: &GeneratorSpec, part: &[Evidence]) -> Result<String> {
        let language = Language::of(&self.request.question);
        let messages =
            prompt::messages(prompt::about_a_part(language), &[], part, self.request.trust());
        self.say(model, messages, ABOUT_A_PART)
    }

    /// What the model says of all points; each stands for the first of its passages.
    fn of_points(
        &mut self,
        model: &GeneratorSpec,
        digest: &Digest,
        evidence: &[Evidence],
    ) -> Result<String> {
        let mut shown: Vec<Evidence> = Vec::new();
        for point in digest.points() {
            let passage = evidence.iter().find(|e| point.markers.first() == Some(&e.marker));
            let is_new = |e: &&Evidence| shown.iter().all(|known| known.marker != e.marker);
            if let Some(mut passage) = passage.filter(is_new).cloned() {
                // Without its heading, which a small model takes for a point.
                passage.hit.document.title.clear();
                let draft = &mut passage.hit.passage.draft;
                point.text.clone_into(&mut draft.text);
                draft.section.clear();
                draft.spans.clear();
                draft.markdown = None;
                shown.push(passage);
            }
        }
        let language = Language::of(&self.request.question);
        let messages =
            prompt::messages(prompt::about_the_whole(language), &[], &shown, self.request.trust());
        self.say(model, messages, ABOUT_THE_WHOLE)
    }

    /// What the model writes, with markers in one spelling.
    fn say(
        &mut self,
        model: &GeneratorSpec,
        messages: Vec<Message>,
        max_tokens: u32,
    ) -> Result<String> {
        let mut sampling = self.request.sampling();
        sampling.max_tokens = sampling.max_tokens.min(max_tokens);
        let request =
            GenerateRequest { model: model.clone(), messages, sampling, constraint: None };
        let mut stream = MarkerStream::new(u32::MAX);
        let (mut text, mut first) = (String::new(), self.answer.timings.first_token);
        let generator = &self.engine.0.adapters.generator;
        let outcome = generator.generate(&request, self.cancel, &mut |piece| {
            first.get_or_insert_with(|| milliseconds(self.start));
            text.push_str(&stream.push(piece));
        })?;
        text.push_str(&stream.finish());
        self.answer.timings.first_token = first;
        self.answer.tokens.prompt += outcome.prompt_tokens;
        self.answer.tokens.generated += outcome.generated_tokens;
        if let Some(provenance) = &mut self.answer.provenance {
            provenance.messages = request.messages;
            provenance.sampling = Some(request.sampling);
        }
        // The last sentence may be cut off in the middle.
        if outcome.finish == FinishReason::Length {
            let end = text.rfind(['。', '！', '？', '.', '!', '?', '\n']).unwrap_or(0);
            let mark = text[end..].chars().next().map_or(0, char::len_utf8);
            text.truncate(end + mark);
        }
        Ok(text)
    }
}

impl Engine {
    /// As many passages, evenly chosen, as the parts have room for.
    fn within_parts(&self, model: &GeneratorSpec, hits: Vec<Hit>) -> Result<Vec<Hit>> {
        let lengths = self.lengths(model, &numbered(hits.clone()))?;
        let room = u64::from(PART_TOKENS) * MOST_PARTS as u64;
        let all: u64 = lengths.iter().copied().map(u64::from).sum();
        let step = all.div_ceil(room).max(1) as usize;
        Ok(hits.into_iter().step_by(step).collect())
    }

    fn lengths(&self, model: &GeneratorSpec, evidence: &[Evidence]) -> Result<Vec<u32>> {
        let texts: Vec<String> =
            evidence.iter().map(|e| prompt::passage(e, Trust::AsTheyAre)).collect();
        self.0.adapters.generator.count_tokens(model, &texts)
    }

    /// Passages in a row of one document that are read together.
    fn parts(&self, model: &GeneratorSpec, evidence: &[Evidence]) -> Result<Vec<Range<usize>>> {
        let lengths = self.lengths(model, evidence)?;
        let mut parts: Vec<Range<usize>> = Vec::new();
        let mut read = 0;
        for (index, length) in lengths.into_iter().enumerate() {
            let document = |index: usize| evidence[index].hit.document.id;
            match parts.last_mut() {
                Some(part)
                    if read + length <= PART_TOKENS && document(part.start) == document(index) =>
                {
                    part.end = index + 1;
                    read += length;
                }
                _ => {
                    parts.push(index..index + 1);
                    read = length;
                }
            }
        }
        Ok(parts)
    }
}

/// The first sentences that something bears out, with the passages that hold what is quoted.
fn standing(checked: &Checked, part: &[Evidence], most: usize) -> Vec<Point> {
    let is_borne_out = |s: &&Sentence| {
        matches!(s.support, Support::Supported | Support::Partial) && !s.markers.is_empty()
    };
    let points = checked.sentences.iter().filter(is_borne_out).map(|sentence| {
        let cited = checked.citations.iter().filter(|c| sentence.markers.contains(&c.marker));
        let markers = cited.filter_map(|citation| holder(citation, part)).collect();
        Point { text: sentence.text.clone(), markers }
    });
    points.take(most).collect()
}

/// The passage that holds what is quoted.
fn holder(citation: &Citation, part: &[Evidence]) -> Option<u32> {
    let quote = fold_whitespace(&citation.quote);
    let holds = |e: &&Evidence| {
        e.hit.document.id == citation.document.id
            && fold_whitespace(&e.hit.passage.draft.text).contains(&quote)
    };
    part.iter().find(holds).map(|evidence| evidence.marker)
}

fn heading_of(evidence: &Evidence) -> String {
    let hit = &evidence.hit;
    let heading = hit.passage.draft.section.first().unwrap_or(&hit.document.title);
    heading.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Points as a list, under their heading unless it stands above already.
fn told(heading: &str, points: &[Point], goes_on: bool) -> String {
    if points.is_empty() {
        return String::new();
    }
    let mut text = if goes_on { String::new() } else { format!("\n\n### {heading}\n\n") };
    for point in points {
        let _ = writeln!(text, "- {}", point.cited());
    }
    text
}

/// Whether a passage is of a list of references, which says nothing of its own.
fn is_reference(hit: &Hit) -> bool {
    let heading = hit.passage.draft.section.first().map(|heading| heading.to_lowercase());
    let letters = |h: String| h.chars().filter(|c| c.is_alphabetic()).collect::<String>();
    let names = ["references", "bibliography", "参考文献", "參考文獻", "参考资料", "workscited"];
    heading.map(letters).is_some_and(|heading| names.contains(&heading.as_str()))
}
