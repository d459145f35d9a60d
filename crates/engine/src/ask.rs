//! From a question to a checked answer.

use crate::look::Found;
use crate::page_cache::PageCache;
use crate::search::{SearchQuery, check_question};
use crate::{Engine, Result};
use std::time::Instant;
use yinju_answer::check::{self, Checked};
use yinju_answer::prompt::{self, Turn};
use yinju_answer::quotes;
use yinju_answer::relevance::{self, RelevanceConfig, Verdict};
use yinju_answer::stream::MarkerStream;
use yinju_core::ports::{GenerateRequest, Sampling};
use yinju_core::{
    Answer, AnswerUpdate, CancelToken, ChatId, Evidence, GeneratorSpec, Hit, ModelId, Problem,
    ProblemCode, Refusal, RefusalCode, Scope, Timings, TokenCounts,
};

/// Turns of a conversation put before the model: enough for "and the second one?", and the
/// evidence stays the greater part of what it reads.
const TURNS_REMEMBERED: usize = 2;
/// Room for what a chat template puts around the messages.
const TEMPLATE_TOKENS: u32 = 64;
/// Passages shown with a refusal.
const NEAREST: usize = 5;

/// How to answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AskMode {
    /// A language model writes, from the evidence.
    #[default]
    Answer,
    /// Verbatim sentences alone; needs no language model.
    Quotes,
}

/// A question.
#[derive(Clone, Debug)]
pub struct AskRequest {
    /// What is asked.
    pub question: String,
    /// Where the answer is looked for.
    pub scope: Scope,
    /// The conversation it goes on with; a new one begins without.
    pub chat: Option<ChatId>,
    /// How to answer.
    pub mode: AskMode,
    /// Which language model; the default of this machine without.
    pub model: Option<ModelId>,
    /// How many passages are retrieved.
    pub top: usize,
    /// Sampling temperature; 0 without.
    pub temperature: Option<f32>,
    /// Seed of the sampling.
    pub seed: Option<u64>,
    /// Longest answer in tokens.
    pub max_tokens: Option<u32>,
}

impl AskRequest {
    /// A question with the defaults.
    pub fn new(question: impl Into<String>) -> Self {
        Self {
            question: question.into(),
            scope: Scope::default(),
            chat: None,
            mode: AskMode::Answer,
            model: None,
            top: 6,
            temperature: None,
            seed: None,
            max_tokens: None,
        }
    }

    fn sampling(&self) -> Sampling {
        let default = Sampling::default();
        Sampling {
            temperature: self.temperature.unwrap_or(default.temperature),
            seed: self.seed.unwrap_or(default.seed),
            max_tokens: self.max_tokens.unwrap_or(default.max_tokens),
            ..default
        }
    }
}

/// Hears of every step of an answer.
pub type Listen<'a> = &'a mut dyn FnMut(AnswerUpdate);

/// What is written before it is made an [`Answer`].
struct Written {
    checked: Checked,
    /// The model said that the evidence does not hold the answer.
    declined: bool,
    model: Option<String>,
    first_token: Option<f64>,
    tokens: TokenCounts,
}

impl Engine {
    /// Answers a question and keeps the answer in its conversation. What happens on the way is
    /// told as it does; the last update is `Done` or `Failed`.
    pub fn ask(
        &self,
        request: &AskRequest,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let outcome = self.answer(request, cancel, listen);
        match &outcome {
            Ok(answer) => listen(AnswerUpdate::Done { answer: Box::new(answer.clone()) }),
            Err(problem) => listen(AnswerUpdate::Failed { problem: problem.clone() }),
        }
        outcome
    }

    fn answer(
        &self,
        request: &AskRequest,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<Answer> {
        let start = Instant::now();
        check_question(&request.question)?;
        let history = self.history(request.chat)?;
        listen(AnswerUpdate::Retrieving);
        let Found { ranked, narrowed } = self.evidence_for(request)?;
        let hits = self.hits(ranked, request.top.max(1))?;
        // Who names a page or a chapter wants what stands there, whatever it is about.
        let is_placed = narrowed.is_some_and(|narrowed| narrowed.passages);
        let retrieve = milliseconds(start);
        let mut answer = blank(request, Timings { retrieve, ..Timings::default() });
        if let Some(refusal) = self.refusal(request, &hits, is_placed)? {
            listen(AnswerUpdate::Refused { refusal: refusal.clone() });
            answer.refused = true;
            answer.refusal = Some(refusal);
        } else if request.mode == AskMode::Quotes {
            let (written, evidence) = self.quote(request, hits, listen)?;
            fill(&mut answer, written, evidence);
        } else {
            let (written, evidence) = self.write(request, &history, hits, start, cancel, listen)?;
            let declined = written.declined;
            fill(&mut answer, written, evidence);
            if declined {
                let hits: Vec<_> = answer.evidence.iter().map(|e| e.hit.clone()).collect();
                let refusal = self.refuse(request, &hits)?;
                listen(AnswerUpdate::Refused { refusal: refusal.clone() });
                answer.refused = true;
                answer.refusal = Some(refusal);
            }
        }
        answer.timings.total = milliseconds(start);
        self.keep(request, &mut answer)?;
        Ok(answer)
    }

    /// Passages for a question; for one that leans on those before it, also for all of them together.
    fn evidence_for(&self, request: &AskRequest) -> Result<Found> {
        let query = SearchQuery {
            text: request.question.clone(),
            scope: request.scope.clone(),
            limit: request.top.max(1),
            is_asked: true,
            ..SearchQuery::default()
        }
        .with_spare();
        let limit = query.limit;
        let earlier = match request.chat {
            Some(chat) => self.store().chat(chat)?.turns,
            None => Vec::new(),
        };
        let earlier: Vec<&str> = earlier.iter().map(|turn| turn.question.as_str()).collect();
        let found = self.look(&query)?;
        let standalone = yinju_question::standalone(&request.question, &earlier);
        match standalone.filter(|text| check_question(text).is_ok()) {
            Some(text) => {
                let together = self.look(&SearchQuery { text, ..query })?;
                Ok(together.joined(found, limit))
            }
            None => Ok(found),
        }
    }

    /// Why there can be no answer, if there cannot.
    fn refusal(
        &self,
        request: &AskRequest,
        hits: &[Hit],
        is_placed: bool,
    ) -> Result<Option<Refusal>> {
        let config = RelevanceConfig::for_encoder(self.encoder()?.spec.id.as_str());
        let is_relevant = || {
            is_placed || relevance::judge(&request.question, hits, &config) == Verdict::Answerable
        };
        if hits.is_empty() || !is_relevant() {
            return self.refuse(request, hits).map(Some);
        }
        Ok(None)
    }

    fn refuse(&self, request: &AskRequest, hits: &[Hit]) -> Result<Refusal> {
        let documents = self.in_scope(&request.scope)?;
        let searchable = documents.iter().any(|d| d.status.is_searched() && d.passages > 0);
        let code =
            if searchable { RefusalCode::NotInDocuments } else { RefusalCode::NothingToSearch };
        Ok(Refusal {
            code,
            nearest: hits.iter().take(NEAREST).cloned().collect(),
            unreadable_pages: self.unreadable_pages(&request.scope)?,
        })
    }

    /// Verbatim sentences.
    fn quote(
        &self,
        request: &AskRequest,
        hits: Vec<Hit>,
        listen: Listen<'_>,
    ) -> Result<(Written, Vec<Evidence>)> {
        let evidence = numbered(hits);
        listen(AnswerUpdate::Evidence { evidence: evidence.clone() });
        let checked = self.quotes(&request.question, &evidence)?;
        listen(AnswerUpdate::Token { text: checked.text.clone() });
        for citation in &checked.citations {
            listen(AnswerUpdate::Citation { citation: citation.clone() });
        }
        let tokens = TokenCounts::default();
        let written = Written { checked, declined: false, model: None, first_token: None, tokens };
        Ok((written, evidence))
    }

    /// A language model's answer, checked sentence by sentence.
    fn write(
        &self,
        request: &AskRequest,
        history: &[Turn],
        hits: Vec<Hit>,
        start: Instant,
        cancel: &CancelToken,
        listen: Listen<'_>,
    ) -> Result<(Written, Vec<Evidence>)> {
        let model = self.models().generator(request.model.as_ref())?;
        let evidence = self.pack(&model, request, history, hits)?;
        listen(AnswerUpdate::Evidence { evidence: evidence.clone() });
        let id = model.id.to_string();
        let generate = GenerateRequest {
            model,
            messages: prompt::messages(&request.question, history, &evidence),
            sampling: request.sampling(),
        };
        let mut stream = MarkerStream::new(evidence.len() as u32);
        let mut draft = String::new();
        let mut first_token = None;
        let outcome = self.0.adapters.generator.generate(&generate, cancel, &mut |text| {
            first_token.get_or_insert_with(|| milliseconds(start));
            let shown = stream.push(text);
            draft.push_str(&shown);
            if !shown.is_empty() {
                listen(AnswerUpdate::Token { text: shown });
            }
        })?;
        let rest = stream.finish();
        draft.push_str(&rest);
        let declined = check::declines(&draft);
        let checked = self.check(request, &draft, stream.removed(), &evidence)?;
        for citation in &checked.citations {
            listen(AnswerUpdate::Citation { citation: citation.clone() });
        }
        let tokens =
            TokenCounts { prompt: outcome.prompt_tokens, generated: outcome.generated_tokens };
        Ok((Written { checked, declined, model: Some(id), first_token, tokens }, evidence))
    }

    /// The leading passages that fit what the model can read and a person will wait for.
    fn pack(
        &self,
        model: &GeneratorSpec,
        request: &AskRequest,
        history: &[Turn],
        hits: Vec<Hit>,
    ) -> Result<Vec<Evidence>> {
        let generator = &self.0.adapters.generator;
        let context = generator.load(model)?.context_tokens;
        let mut evidence = numbered(hits);
        let frame = prompt::messages(&request.question, history, &[]);
        let mut texts: Vec<_> = evidence.iter().map(prompt::passage).collect();
        texts.extend(frame.into_iter().map(|message| message.content));
        let lengths = generator.count_tokens(model, &texts)?;
        let (passages, frame) = lengths.split_at(evidence.len());
        let room = context
            .saturating_sub(request.sampling().max_tokens)
            .saturating_sub(frame.iter().sum::<u32>() + TEMPLATE_TOKENS);
        let fitting = prompt::pack(passages, room.min(self.0.config.evidence_tokens));
        if fitting == 0 {
            let message = format!("{} reads {context} tokens, too few for a passage", model.id);
            return Err(Problem::new(ProblemCode::ContextTooSmall, message)
                .hint("choose another model, or a smaller --max-tokens"));
        }
        evidence.truncate(fitting);
        Ok(evidence)
    }

    /// Checks a draft. One that nothing bears out is not shown: the passages were judged relevant,
    /// so their own words take its place, unless the model said that they do not hold the answer.
    fn check(
        &self,
        request: &AskRequest,
        draft: &str,
        removed: &[u32],
        evidence: &[Evidence],
    ) -> Result<Checked> {
        let mut cache = PageCache::new(self.store());
        cache.fill(evidence)?;
        let pages = |document, page| cache.held(document, page).cloned();
        let mut checked = check::check(draft, evidence, &pages);
        if checked.citations.is_empty() && !check::declines(draft) {
            let removed = std::mem::take(&mut checked.removed_markers);
            checked = quotes::answer(&request.question, evidence, &pages);
            checked.removed_markers = removed;
        }
        checked.removed_markers.extend(removed);
        Ok(checked)
    }

    fn quotes(&self, question: &str, evidence: &[Evidence]) -> Result<Checked> {
        let mut cache = PageCache::new(self.store());
        cache.fill(evidence)?;
        Ok(quotes::answer(question, evidence, &|document, page| {
            cache.held(document, page).cloned()
        }))
    }

    fn history(&self, chat: Option<ChatId>) -> Result<Vec<Turn>> {
        let Some(chat) = chat else { return Ok(Vec::new()) };
        let turns = self.store().chat(chat)?.turns;
        let recent = turns.iter().rev().filter(|turn| !turn.refused).take(TURNS_REMEMBERED);
        let mut history: Vec<_> = recent
            .map(|turn| Turn { question: turn.question.clone(), answer: turn.text.clone() })
            .collect();
        history.reverse();
        Ok(history)
    }

    fn keep(&self, request: &AskRequest, answer: &mut Answer) -> Result<()> {
        let chat = match request.chat {
            Some(chat) => chat,
            None => self.store().create_chat(&request.question)?,
        };
        answer.chat = Some(chat);
        Ok(self.store().add_turn(chat, answer)?)
    }
}

fn numbered(hits: Vec<Hit>) -> Vec<Evidence> {
    (1..).zip(hits).map(|(marker, hit)| Evidence { marker, hit }).collect()
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1000.0
}

fn blank(request: &AskRequest, timings: Timings) -> Answer {
    Answer {
        question: request.question.clone(),
        text: String::new(),
        refused: false,
        refusal: None,
        model: None,
        citations: Vec::new(),
        sentences: Vec::new(),
        evidence: Vec::new(),
        removed_markers: Vec::new(),
        timings,
        tokens: TokenCounts::default(),
        chat: request.chat,
    }
}

fn fill(answer: &mut Answer, written: Written, evidence: Vec<Evidence>) {
    answer.text = written.checked.text;
    answer.citations = written.checked.citations;
    answer.sentences = written.checked.sentences;
    answer.removed_markers = written.checked.removed_markers;
    answer.model = written.model;
    answer.timings.first_token = written.first_token;
    answer.tokens = written.tokens;
    answer.evidence = evidence;
}
