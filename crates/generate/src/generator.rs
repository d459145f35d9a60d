//! A loaded model that answers conversations: template, tokens, decoder, sampling and streaming
//! put together. What it read last stays in its cache, and the next prompt is read only from
//! where it differs.

use crate::constrain::Bounds;
use crate::decoder::{Decoder, PREFILL_CHUNK};
use crate::error::GenerateError;
use crate::gguf::GgufFile;
use crate::lookup::{Ahead, Drafts, Pace};
use crate::placement::Placement;
use crate::sampler::Sampler;
use crate::shape::ModelShape;
use crate::stream::TextStream;
use crate::template::ChatTemplate;
use crate::threads;
use crate::vocabulary::Vocabulary;
use std::time::Instant;
use yinju_core::ports::{FinishReason, GenerateOutcome, GeneratorProfile, Message, Sampling};
use yinju_core::{CancelToken, Constraint, GeneratorSpec};

/// Where a model begins to think. Some templates write it into the prompt, so that it is not written.
const THINKING: &str = "<think>";

/// A language model in memory.
pub struct CandleGenerator {
    profile: GeneratorProfile,
    vocabulary: Vocabulary,
    template: ChatTemplate,
    decoder: Decoder,
    drafts: Drafts,
    /// Kept from answer to answer: what passes cost is the machine's.
    pace: Pace,
}

impl CandleGenerator {
    /// Loads a model. `threads` sizes the process's computing threads the first time a model is
    /// loaded; later calls and the environment's `RAYON_NUM_THREADS` win over it.
    ///
    /// # Errors
    /// The file is missing, unreadable, damaged, or of a kind that is not supported.
    pub fn load(spec: &GeneratorSpec, threads: usize) -> Result<Self, GenerateError> {
        threads::limit(threads);
        let file = GgufFile::open(&spec.gguf)?;
        let shape = ModelShape::read(&file)?;
        let vocabulary = Vocabulary::load(&file)?;
        if vocabulary.len() > shape.vocabulary {
            return Err(file.damaged("its vocabulary has more tokens than it has weights for"));
        }
        let template = ChatTemplate::load(&file, &vocabulary)?;
        let decoder = Decoder::load(&file, &shape, &Placement::choose(&file, &shape))?;
        tracing::info!(model = %spec.id, architecture = shape.architecture, "language model loaded");
        let profile = GeneratorProfile {
            architecture: shape.architecture,
            context_tokens: shape.context as u32,
        };
        let (drafts, pace) = (Drafts::default(), Pace::new());
        Ok(Self { profile, vocabulary, template, decoder, drafts, pace })
    }

    /// Says when tokens are drafted; where it pays, unless said otherwise.
    pub fn draft(&mut self, drafts: Drafts) {
        self.drafts = drafts;
    }

    /// What the model is and how much it can hold.
    pub fn profile(&self) -> GeneratorProfile {
        self.profile.clone()
    }

    /// Lengths of texts in tokens, as they count inside a message.
    ///
    /// # Errors
    /// The tokenizer refuses a text.
    pub fn count_tokens(&self, texts: &[String]) -> Result<Vec<u32>, GenerateError> {
        let count = |text: &String| {
            self.vocabulary.encode(&self.vocabulary.disarm(text)).map(|tokens| tokens.len() as u32)
        };
        texts.iter().map(count).collect()
    }

    /// [`Self::generate_within`] no bounds.
    ///
    /// # Errors
    /// As there.
    pub fn generate(
        &mut self,
        messages: &[Message],
        sampling: &Sampling,
        cancel: &CancelToken,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<GenerateOutcome, GenerateError> {
        self.generate_within(None, messages, sampling, cancel, on_text)
    }

    /// Answers a conversation, handing text over as it is written. Cancelling is looked for before
    /// every token and every 256 tokens of the prompt; what was written stands. A constraint that no token satisfies any
    /// more is lifted, and the outcome says so.
    ///
    /// # Errors
    /// The prompt and `max_tokens` exceed the context (nothing is ever cut off silently), the
    /// template refuses the conversation, or the computation fails.
    pub fn generate_within(
        &mut self,
        constraint: Option<&Constraint>,
        messages: &[Message],
        sampling: &Sampling,
        cancel: &CancelToken,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<GenerateOutcome, GenerateError> {
        let (prompt, is_thinking) = self.prompt(messages, sampling.thinks)?;
        self.check_room(prompt.len(), sampling.max_tokens)?;
        let reused = self.reuse(&prompt);
        let mut outcome = GenerateOutcome {
            prompt_tokens: prompt.len() as u32,
            reused_tokens: reused as u32,
            ..GenerateOutcome::nothing(FinishReason::Cancelled)
        };
        let start = Instant::now();
        let scores = self.read_prompt(&prompt, reused, sampling.max_tokens, cancel)?;
        outcome.prefill_seconds = start.elapsed().as_secs_f64();
        let Some(scores) = scores else { return Ok(outcome) };
        if is_thinking {
            on_text(THINKING);
        }
        let start = Instant::now();
        let within = (constraint, sampling);
        let written = self.write(scores, within, cancel, on_text)?;
        outcome.decode_seconds = start.elapsed().as_secs_f64();
        outcome.finish = written.finish;
        outcome.generated_tokens = written.tokens as u32;
        outcome.lifted_after = written.lifted_after;
        Ok(outcome)
    }

    /// The prompt, and whether it ends where the model begins to think.
    fn prompt(
        &self,
        messages: &[Message],
        thinks: bool,
    ) -> Result<(Vec<u32>, bool), GenerateError> {
        let text = self.template.render(messages, thinks, |text| self.vocabulary.disarm(text))?;
        let is_thinking = text.trim_end().ends_with(THINKING);
        Ok((self.vocabulary.encode_prompt(&text)?, is_thinking))
    }

    fn check_room(&self, prompt: usize, max_tokens: u32) -> Result<(), GenerateError> {
        let context = self.profile.context_tokens;
        let needed = (prompt as u64).saturating_add(u64::from(max_tokens));
        if needed > u64::from(context) || prompt == 0 {
            let prompt = u32::try_from(prompt).unwrap_or(u32::MAX);
            return Err(GenerateError::ContextTooSmall { prompt, max_tokens, context });
        }
        Ok(())
    }

    /// Keeps what the cache holds of this prompt, and says how much that is. The last token is
    /// always read again, since its scores are not kept.
    fn reuse(&mut self, prompt: &[u32]) -> usize {
        let shared = shared_prefix(self.decoder.seen(), prompt).min(prompt.len() - 1);
        self.decoder.keep(shared);
        shared
    }

    /// Reads the prompt from token `reused` on and scores the first token of the answer; `None`
    /// when cancelled.
    fn read_prompt(
        &mut self,
        prompt: &[u32],
        reused: usize,
        max_tokens: u32,
        cancel: &CancelToken,
    ) -> Result<Option<Vec<f32>>, GenerateError> {
        self.decoder.reserve(prompt.len() + max_tokens as usize)?;
        let mut chunks = prompt[reused..].chunks(PREFILL_CHUNK).peekable();
        while let Some(chunk) = chunks.next() {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            if chunks.peek().is_none() {
                return Ok(Some(self.decoder.score(chunk)?));
            }
            self.decoder.read(chunk)?;
        }
        Ok(None)
    }

    /// Writes from the first scores on, until something ends it.
    fn write(
        &mut self,
        mut scores: Vec<f32>,
        (constraint, sampling): (Option<&Constraint>, &Sampling),
        cancel: &CancelToken,
        on_text: &mut dyn FnMut(&str),
    ) -> Result<Written, GenerateError> {
        let mut sampler = Sampler::new(sampling);
        let mut bounds = Bounds::new(&self.vocabulary, constraint);
        let mut stream = TextStream::new(&sampling.stop);
        let mut ahead = Ahead::new(&mut self.decoder, &mut self.pace, self.drafts);
        let most = sampling.max_tokens as usize;
        let mut written = Vec::new();
        let finish = loop {
            if cancel.is_cancelled() {
                break FinishReason::Cancelled;
            }
            if written.len() >= most {
                break FinishReason::Length;
            }
            if written.len() < sampling.min_tokens as usize {
                self.vocabulary.forbid_end(&mut scores);
            }
            let token = bounds.choose(&mut sampler, &mut scores, &written);
            if self.vocabulary.ends_answer(token) {
                break FinishReason::Stop;
            }
            let bytes = self.vocabulary.shown(token, written.is_empty());
            hand_over(&stream.push(bytes), on_text);
            written.push(token);
            if stream.stopped() {
                break FinishReason::Stop;
            }
            if written.len() < most {
                scores = ahead.scores_after(token, most - written.len())?;
            }
        };
        hand_over(&stream.finish(), on_text);
        Ok(Written { finish, tokens: written.len(), lifted_after: bounds.lifted_after() })
    }
}

/// How writing went.
struct Written {
    finish: FinishReason,
    tokens: usize,
    lifted_after: Option<u32>,
}

fn hand_over(text: &str, on_text: &mut dyn FnMut(&str)) {
    if !text.is_empty() {
        on_text(text);
    }
}

fn shared_prefix(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}
