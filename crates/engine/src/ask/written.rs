//! The text of an answer: quoted, or written by a language model and checked.

use super::keeping::{ChatPlace, Draft};
use super::request::AskRequest;
use super::thread::Thread;
use super::{Listen, fill, milliseconds, numbered};
use crate::page_cache::PageCache;
use crate::{Engine, Result};
use std::time::Instant;
use yinju_answer::check::{self, Checked};
use yinju_answer::ending::Ending;
use yinju_answer::stream::MarkerStream;
use yinju_answer::{prompt, quotes};
use yinju_core::ports::{FinishReason, GenerateOutcome, GenerateRequest};
use yinju_core::{
    Answer, AnswerUpdate, CancelToken, Evidence, GeneratorSpec, Hit, ModelFacts, Problem,
    ProblemCode, TokenCounts,
};

/// Room for what a chat template puts around the messages.
const TEMPLATE_TOKENS: u32 = 64;
/// What a follow-up may add to what the model has read, as a share of what a first question may: its
/// answer then begins after about a third of the time.
const FOLLOW_UP_SHARE: f32 = 0.25;

/// Bytes of a model file below which it counts as small: about three billion parameters.
const SMALL_MODEL: u64 = 2 << 30;
/// Passages it is shown, the best ones.
const FOR_A_SMALL_MODEL: usize = 4;

/// What goes on while a model writes.
pub(super) struct Writing<'a, 'l> {
    pub(super) place: &'a ChatPlace,
    pub(super) request: &'a AskRequest,
    pub(super) start: Instant,
    pub(super) cancel: &'a CancelToken,
    pub(super) listen: Listen<'l>,
}

/// What came of asking a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// An answer.
    Answered,
    /// That the evidence holds none.
    Declined,
}

/// What a model wrote.
struct Drafted {
    /// Every character of it.
    raw: String,
    /// With markers in one spelling, and only those that point at evidence.
    shown: String,
    removed: Vec<u32>,
    outcome: GenerateOutcome,
    first_token: Option<f64>,
}

impl Engine {
    /// Verbatim sentences.
    pub(super) fn quote(
        &self,
        request: &AskRequest,
        hits: Vec<Hit>,
        answer: &mut Answer,
        listen: Listen<'_>,
    ) -> Result<()> {
        let evidence = numbered(hits);
        listen(AnswerUpdate::Evidence { evidence: evidence.clone() });
        let checked = self.quotes(&request.question, &evidence)?;
        listen(AnswerUpdate::Token { text: checked.text.clone() });
        for citation in &checked.citations {
            listen(AnswerUpdate::Citation { citation: citation.clone() });
        }
        fill(answer, checked);
        answer.evidence = evidence;
        Ok(())
    }

    /// A language model's answer, checked sentence by sentence.
    pub(super) fn write(
        &self,
        writing: &mut Writing<'_, '_>,
        hits: Vec<Hit>,
        answer: &mut Answer,
    ) -> Result<Written> {
        let request = writing.request;
        let model = self.models().generator(request.model.as_ref())?;
        let profile = self.0.adapters.generator.load(&model)?;
        let thread = Thread::of(&writing.place.turns, &model.id, profile.context_tokens);
        let (thread, found, new) =
            self.pack(&model, request, thread, hits, profile.context_tokens)?;
        let generate = GenerateRequest {
            messages: thread.messages(&request.question, &new),
            sampling: request.sampling(),
            constraint: None,
            model: model.clone(),
        };
        let evidence = thread.citable(found);
        answer.model = Some(model.id.to_string());
        answer.evidence.clone_from(&evidence);
        if let Some(provenance) = &mut answer.provenance {
            provenance.model = Some(self.facts(&model, profile.architecture)?);
            provenance.messages.clone_from(&generate.messages);
            provenance.sampling = Some(generate.sampling.clone());
        }
        (writing.listen)(AnswerUpdate::Evidence { evidence: evidence.clone() });
        let drafted = self.draft(writing, &generate, answer)?;
        self.note_pace(&model.id, &drafted.outcome)?;
        let checking = Instant::now();
        let checked = self.check(request, &drafted, &evidence)?;
        answer.timings.check = milliseconds(checking);
        for citation in &checked.citations {
            (writing.listen)(AnswerUpdate::Citation { citation: citation.clone() });
        }
        let written = if checked.declined { Written::Declined } else { Written::Answered };
        fill(answer, checked);
        answer.interrupted = drafted.outcome.finish == FinishReason::Cancelled;
        answer.timings.first_token = drafted.first_token;
        answer.tokens = TokenCounts {
            prompt: drafted.outcome.prompt_tokens,
            generated: drafted.outcome.generated_tokens,
        };
        if let Some(provenance) = &mut answer.provenance {
            provenance.draft = Some(drafted.raw);
        }
        Ok(written)
    }

    /// Lets the model write, and keeps what it wrote so far, so that little is lost with the program.
    fn draft(
        &self,
        writing: &mut Writing<'_, '_>,
        generate: &GenerateRequest,
        answer: &Answer,
    ) -> Result<Drafted> {
        let most = answer.evidence.iter().map(|e| e.marker).max().unwrap_or(0);
        let mut stream = MarkerStream::new(most);
        let mut draft = Draft::new(self.store(), writing.place, answer);
        let (mut raw, mut shown, mut first_token) = (String::new(), String::new(), None);
        let mut ending = Ending::new(&writing.request.question, is_small(&generate.model));
        let mut end = None;
        let enough = writing.cancel.child();
        let generator = &self.0.adapters.generator;
        let mut outcome = generator.generate(generate, &enough, &mut |text| {
            first_token.get_or_insert_with(|| milliseconds(writing.start));
            raw.push_str(text);
            let next = stream.push(text);
            shown.push_str(&next);
            draft.keep(&shown);
            if end.is_none() {
                end = ending.of(&shown);
                end.is_some().then(|| enough.cancel());
            }
            if !next.is_empty() {
                (writing.listen)(AnswerUpdate::Token { text: next });
            }
        })?;
        if outcome.finish == FinishReason::Cancelled && !writing.cancel.is_cancelled() {
            outcome.finish = FinishReason::Length;
        }
        shown.push_str(&stream.finish());
        shown.truncate(end.unwrap_or(shown.len()));
        let removed = stream.removed().to_vec();
        Ok(Drafted { raw, shown, removed, outcome, first_token })
    }

    /// The leading passages that fit what the model can read and a person will wait for: all that may
    /// be cited, and those of them the model has not read.
    fn pack(
        &self,
        model: &GeneratorSpec,
        request: &AskRequest,
        thread: Thread,
        hits: Vec<Hit>,
        context: u32,
    ) -> Result<(Thread, Vec<Evidence>, Vec<Evidence>)> {
        let mut found = thread.number(hits);
        let mut new: Vec<Evidence> = found.iter().filter(|e| !thread.has(e)).cloned().collect();
        let mut texts: Vec<_> = new.iter().map(prompt::passage).collect();
        let framed = if thread.goes_on() {
            vec![prompt::follow_up(&request.question, &[])]
        } else {
            thread.messages(&request.question, &[])
        };
        texts.extend(framed.into_iter().map(|message| message.content));
        let lengths = self.0.adapters.generator.count_tokens(model, &texts)?;
        let (passages, frame) = lengths.split_at(new.len());
        let room = context
            .saturating_sub(request.sampling().max_tokens.saturating_add(thread.tokens))
            .saturating_sub(frame.iter().sum::<u32>() + TEMPLATE_TOKENS);
        let readable = self.readable(&model.id, frame.iter().sum())?;
        let share = if thread.goes_on() { FOLLOW_UP_SHARE } else { 1.0 };
        let patient = prompt::pack(passages, room.min((readable as f32 * share) as u32));
        // Who asks first waits for the best passage, however long it is.
        let best = passages.get(..1).filter(|_| !thread.goes_on()).unwrap_or_default();
        let fitting = patient.max(prompt::pack(best, room));
        if fitting == 0 && !thread.goes_on() {
            let message = format!("{} reads {context} tokens, too few for a passage", model.id);
            return Err(Problem::new(ProblemCode::ContextTooSmall, message)
                .hint("choose another model, or a smaller --max-tokens"));
        }
        new.truncate(fitting.min(most_passages(model)));
        found.retain(|e| thread.has(e) || new.iter().any(|n| n.marker == e.marker));
        Ok((thread, found, new))
    }

    /// Checks a draft. One that nothing bears out is not shown: the passages were judged relevant,
    /// so their own words take its place, unless the model said that they do not hold the answer.
    fn check(
        &self,
        request: &AskRequest,
        drafted: &Drafted,
        evidence: &[Evidence],
    ) -> Result<Checked> {
        let mut cache = PageCache::new(self.store());
        cache.fill(evidence)?;
        let pages = |document, page| cache.held(document, page).cloned();
        let mut checked = check::check_answer(&request.question, &drafted.shown, evidence, &pages);
        if checked.citations.is_empty() && !checked.declined {
            let removed = std::mem::take(&mut checked.removed_markers);
            checked = quotes::answer(&request.question, evidence, &pages);
            checked.removed_markers = removed;
        }
        checked.removed_markers.extend(&drafted.removed);
        Ok(checked)
    }

    fn quotes(&self, question: &str, evidence: &[Evidence]) -> Result<Checked> {
        let mut cache = PageCache::new(self.store());
        cache.fill(evidence)?;
        Ok(quotes::answer(question, evidence, &|document, page| {
            cache.held(document, page).cloned()
        }))
    }

    pub(super) fn facts(&self, model: &GeneratorSpec, architecture: String) -> Result<ModelFacts> {
        let installed = self.models().installed(&model.id);
        Ok(ModelFacts {
            id: model.id.to_string(),
            sha256: installed.as_ref().and_then(|model| model.sha256.clone()),
            quantization: installed.map(|model| model.variant),
            architecture,
            device: self.0.adapters.generator.compute()?.device,
        })
    }
}

/// Of more a small model takes the wrong one, and a person waits longer for it.
fn most_passages(model: &GeneratorSpec) -> usize {
    if is_small(model) { FOR_A_SMALL_MODEL } else { usize::MAX }
}

fn is_small(model: &GeneratorSpec) -> bool {
    model.gguf.metadata().is_ok_and(|file| file.len() < SMALL_MODEL)
}
