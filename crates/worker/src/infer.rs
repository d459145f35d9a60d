//! The `infer` role: a splitter, an encoder, a reranker or a language model in memory. The first model that is
//! loaded is the only one whose files can be opened from then on.

use crate::DEVICES;
use crate::serve::{Role, out_of_place};
use crate::split::Splittings;
use yinju_core::ports::{Message, Sampling};
use yinju_core::{CancelToken, Constraint, Problem};
use yinju_embed::{BertEncoder, CrossEncoder};
use yinju_generate::{CandleGenerator, Compute, compute};
use yinju_supervisor::child::{Job, confine_to_model};
use yinju_supervisor::protocol::{Call, Reply};

/// The models that are loaded. Loading another gives the memory of the one before back first.
#[derive(Default)]
pub struct Inference {
    splittings: Option<Splittings>,
    encoder: Option<BertEncoder>,
    reranker: Option<CrossEncoder>,
    generator: Option<CandleGenerator>,
}

impl Inference {
    fn encoder(&self) -> Result<&BertEncoder, Problem> {
        self.encoder.as_ref().ok_or_else(out_of_place)
    }

    fn reranker(&self) -> Result<&CrossEncoder, Problem> {
        self.reranker.as_ref().ok_or_else(out_of_place)
    }

    fn generator(&mut self) -> Result<&mut CandleGenerator, Problem> {
        self.generator.as_mut().ok_or_else(out_of_place)
    }
}

impl Role for Inference {
    fn answer(
        &mut self,
        job: Job,
        say: &mut dyn FnMut(Reply) -> Result<(), Problem>,
    ) -> Result<Reply, Problem> {
        match job.call {
            Call::LoadSplitter { folder } => {
                confine_to_model(folder.as_ref(), DEVICES);
                self.splittings = Some(Splittings::load(folder.as_ref())?);
                Ok(Reply::SplitterLoaded)
            }
            Call::Split { document, outline, page, end } => {
                let splittings = self.splittings.as_mut().ok_or_else(out_of_place)?;
                Ok(Reply::Passages(splittings.go_on(document, &outline, page, end)?))
            }
            Call::LoadEncoder { spec, threads } => {
                confine_to_model(&spec.folder, DEVICES);
                self.encoder = None;
                self.encoder = Some(BertEncoder::load(&spec, threads as usize)?);
                Ok(Reply::EncoderLoaded)
            }
            Call::Embed { role, texts } => {
                Ok(Reply::Embeddings(self.encoder()?.embed(role, &texts, &job.cancel)?))
            }
            Call::LoadReranker { spec, threads } => {
                confine_to_model(&spec.folder, DEVICES);
                self.reranker = None;
                self.reranker = Some(CrossEncoder::load(&spec, threads as usize)?);
                Ok(Reply::RerankerLoaded)
            }
            Call::Rerank { question, passages } => {
                Ok(Reply::Scores(self.reranker()?.scores(&question, &passages, &job.cancel)?))
            }
            Call::FindDevice => {
                let Compute { device, reason } = compute();
                Ok(Reply::Device { name: device.to_owned(), reason })
            }
            Call::LoadGenerator { spec, threads } => {
                confine_to_model(&spec.gguf, DEVICES);
                self.generator = None;
                let generator = CandleGenerator::load(&spec, threads as usize)?;
                let profile = generator.profile();
                self.generator = Some(generator);
                Ok(Reply::GeneratorLoaded(profile))
            }
            Call::CountTokens { texts } => {
                Ok(Reply::Counts(self.generator()?.count_tokens(&texts)?))
            }
            Call::Generate { messages, sampling, constraint } => {
                let (generator, bounds) = (self.generator()?, constraint.as_ref());
                write(generator, bounds, &messages, &sampling, &job.cancel, say)
            }
            Call::Open(_)
            | Call::Read(_)
            | Call::Highlight(_)
            | Call::Picture(_)
            | Call::Inspect(_) => Err(out_of_place()),
        }
    }
}

/// Says text as it comes, until it cannot be said any more.
fn write(
    generator: &mut CandleGenerator,
    constraint: Option<&Constraint>,
    messages: &[Message],
    sampling: &Sampling,
    cancel: &CancelToken,
    say: &mut dyn FnMut(Reply) -> Result<(), Problem>,
) -> Result<Reply, Problem> {
    let mut said = Ok(());
    let mut on_text = |text: &str| {
        if said.is_ok() {
            said = say(Reply::Text(text.to_owned()));
        }
    };
    let outcome =
        generator.generate_within(constraint, messages, sampling, cancel, &mut on_text)?;
    said.map(|()| Reply::Finished(outcome))
}
