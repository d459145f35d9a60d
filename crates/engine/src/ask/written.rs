//! The text of an answer: quoted, or written by a language model and checked.

use super::keeping::Draft;
use super::request::AskRequest;
use super::thread::Thread;
use super::{Asking, milliseconds, numbered};
use crate::page_cache::PageCache;
use crate::{Engine, Result};
use std::time::Instant;
use yinju_answer::check::{self, Checked};
use yinju_answer::ending::Ending;
use yinju_answer::reasoning::Reasoning;
use yinju_answer::stream::MarkerStream;
use yinju_answer::{prompt, quotes};
use yinju_core::ports::{FinishReason, GenerateOutcome, GenerateRequest};
use yinju_core::{
    AnswerUpdate, Evidence, GeneratorSpec, Hit, ModelFacts, Problem, ProblemCode, TokenCounts,
};

/// Room for what a chat template puts around the messages.
const TEMPLATE_TOKENS: u32 = 64;
/// What a follow-up may add to what the model has read, as a share of what a first question may: its
/// answer then begins after about a third of the time.
const FOLLOW_UP_SHARE: f32 = 0.25;

/// Pieces of about a token that a model may think before it answers.
pub(super) const LONGEST_REASONING: u32 = 1_024;

/// Bytes of a model file below which it counts as small: about three billion parameters.
const SMALL_MODEL: u64 = 2 << 30;
/// Passages it is shown, the best ones.
const FOR_A_SMALL_MODEL: usize = 4;

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
    /// Every character of it but what it thought.
    raw: String,
    reasoning: String,
    /// With markers in one spelling, and only those that point at evidence.
    shown: String,
    removed: Vec<u32>,
    outcome: GenerateOutcome,
    first_token: Option<f64>,
}

impl Asking<'_> {
    /// Verbatim sentences.
    pub(super) fn quote(&mut self, hits: Vec<Hit>) -> Result<()> {
        let evidence = numbered(hits);
        self.tell_evidence(&evidence);
        let mut cache = PageCache::new(self.engine.store());
        cache.fill(&evidence)?;
        let pages = |document, page| cache.held(document, page).cloned();
        let checked = quotes::answer(&self.request.question, &evidence, &pages);
        self.tell(AnswerUpdate::Token { text: checked.text.clone() });
        self.answer.evidence = evidence;
        self.take(checked);
        Ok(())
    }

    /// A language model's answer, checked sentence by sentence.
    pub(super) fn write(&mut self, hits: Vec<Hit>) -> Result<Written> {
        let (engine, request) = (self.engine, self.request);
        let model = engine.models().generator(request.model.as_ref())?;
        let profile = engine.0.adapters.generator.load(&model)?;
        let thread = Thread::of(&self.place.turns, &model.id, profile.context_tokens);
        let (thread, found, new) =
            engine.pack(&model, request, thread, hits, profile.context_tokens)?;
        let generate = GenerateRequest {
            messages: thread.messages(&request.question, &new, request.trust()),
            sampling: request.sampling(),
            constraint: None,
            model: model.clone(),
        };
        let evidence = thread.citable(found);
        self.answer.model = Some(model.id.to_string());
        self.answer.evidence.clone_from(&evidence);
        if let Some(provenance) = &mut self.answer.provenance {
            provenance.model = Some(engine.facts(&model, profile.architecture)?);
            provenance.messages.clone_from(&generate.messages);
            provenance.sampling = Some(generate.sampling.clone());
        }
        self.tell_evidence(&evidence);
        self.note_set_apart(&new);
        let mut drafted = self.draft(&generate)?;
        if drafted.outcome.finish == FinishReason::Length && drafted.shown.is_empty() {
            // It thought for too long; what it thought stays to be read.
            let mut briefly = generate.clone();
            briefly.sampling.thinks = false;
            let reasoning = std::mem::take(&mut drafted.reasoning);
            drafted = Drafted { reasoning, ..self.draft(&briefly)? };
        }
        engine.note_pace(&model.id, &drafted.outcome)?;
        let checking = Instant::now();
        let mut checked = self.check(&drafted, &evidence)?;
        self.answer.timings.check = milliseconds(checking);
        let is_whole = drafted.outcome.finish != FinishReason::Cancelled;
        if is_whole && !checked.declined {
            checked = self.amend(checked, &generate, &drafted.raw, &evidence)?;
        }
        let answer = &mut self.answer;
        answer.interrupted = drafted.outcome.finish == FinishReason::Cancelled;
        answer.reasoning = Some(drafted.reasoning).filter(|text| !text.is_empty());
        answer.timings.first_token = drafted.first_token;
        answer.tokens = TokenCounts {
            prompt: drafted.outcome.prompt_tokens,
            generated: drafted.outcome.generated_tokens,
        };
        if let Some(provenance) = &mut answer.provenance {
            provenance.draft = Some(drafted.raw);
        }
        let written = if checked.declined { Written::Declined } else { Written::Answered };
        self.take(checked);
        Ok(written)
    }

    /// Keeps what of the passages the model is not given.
    pub(super) fn note_set_apart(&mut self, read: &[Evidence]) {
        if let Some(provenance) = &mut self.answer.provenance
            && !self.request.believes
        {
            provenance.set_apart = prompt::set_apart(read);
        }
    }

    /// Lets the model write, and keeps what it wrote so far, so that little is lost with the program.
    fn draft(&mut self, generate: &GenerateRequest) -> Result<Drafted> {
        let most = self.answer.evidence.iter().map(|e| e.marker).max().unwrap_or(0);
        let mut stream = MarkerStream::new(most);
        let mut draft = Draft::new(self.engine.store(), &self.place, &self.answer);
        let (mut raw, mut shown, mut first_token) = (String::new(), String::new(), None);
        let (mut parting, mut reasoning, mut thoughts) = (Reasoning::default(), String::new(), 0);
        let mut ending = Ending::new(&self.request.question, is_small(&generate.model));
        let mut end = None;
        let enough = self.cancel.child();
        let generator = &self.engine.0.adapters.generator;
        let mut outcome = generator.generate(generate, &enough, &mut |text| {
            let (thought, text) = parting.push(text);
            if !thought.is_empty() {
                reasoning.push_str(&thought);
                thoughts += 1;
                (self.listen)(AnswerUpdate::Reasoning { text: thought });
            }
            if parting.is_thinking() && thoughts >= LONGEST_REASONING {
                enough.cancel();
            }
            if text.is_empty() {
                return;
            }
            first_token.get_or_insert_with(|| milliseconds(self.start));
            raw.push_str(&text);
            let next = stream.push(&text);
            shown.push_str(&next);
            draft.keep(&shown);
            if end.is_none() {
                end = ending.of(&shown);
                end.is_some().then(|| enough.cancel());
            }
            if !next.is_empty() {
                (self.listen)(AnswerUpdate::Token { text: next });
            }
        })?;
        if outcome.finish == FinishReason::Cancelled && !self.cancel.is_cancelled() {
            outcome.finish = FinishReason::Length;
        }
        let (thought, text) = parting.finish();
        reasoning.push_str(&thought);
        raw.push_str(&text);
        shown.push_str(&stream.push(&text));
        shown.push_str(&stream.finish());
        shown.truncate(end.unwrap_or(shown.len()));
        let removed = stream.removed().to_vec();
        Ok(Drafted { raw, reasoning, shown, removed, outcome, first_token })
    }

    /// Checks a draft. One that nothing bears out is not shown: the passages were judged relevant,
    /// so their own words take its place, unless the model said that they do not hold the answer.
    fn check(&self, drafted: &Drafted, evidence: &[Evidence]) -> Result<Checked> {
        let question = &self.request.question;
        let mut cache = PageCache::new(self.engine.store());
        cache.fill(evidence)?;
        let pages = |document, page| cache.held(document, page).cloned();
        let mut checked = check::check_answer(question, &drafted.shown, evidence, &pages);
        if checked.citations.is_empty() && !checked.declined {
            let removed = std::mem::take(&mut checked.removed_markers);
            checked = quotes::answer(question, evidence, &pages);
            checked.removed_markers = removed;
        }
        checked.removed_markers.extend(&drafted.removed);
        Ok(checked)
    }
}

impl Engine {
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
        let mut texts: Vec<_> = new.iter().map(|e| prompt::passage(e, request.trust())).collect();
        let framed = if thread.goes_on() {
            vec![prompt::follow_up(&request.question, &[], request.trust())]
        } else {
            thread.messages(&request.question, &[], request.trust())
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
