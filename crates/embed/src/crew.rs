//! A transformer and the threads that compute with it: sequences in, whatever is made of their
//! tokens' vectors out.

use crate::error::EmbedError;
use crate::plan;
use crate::transformer::{Scratch, Sequence, Transformer};
use rayon::prelude::*;
use std::sync::{Mutex, PoisonError};
use yinju_core::CancelToken;

/// Threads of one model, and the buffers they keep.
pub struct Crew {
    transformer: Transformer,
    pool: rayon::ThreadPool,
    scratch: Mutex<Vec<Scratch>>,
}

impl Crew {
    /// Starts `threads` threads (at least one).
    pub fn new(transformer: Transformer, threads: usize) -> Result<Self, EmbedError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1))
            .thread_name(|n| format!("embed-{n}"))
            .build()
            .map_err(EmbedError::Threads)?;
        Ok(Self { transformer, pool, scratch: Mutex::default() })
    }

    /// The weights.
    pub fn transformer(&self) -> &Transformer {
        &self.transformer
    }

    /// What `work` makes of every item, in order. `cancel` is looked at between two.
    pub fn each<A: Sync, T: Send>(
        &self,
        items: &[A],
        cancel: &CancelToken,
        work: impl Fn(&A) -> Result<T, EmbedError> + Sync + Send,
    ) -> Result<Vec<T>, EmbedError> {
        let done = || {
            let done = items.par_iter().map(|item| {
                stop_if(cancel)?;
                work(item)
            });
            done.collect()
        };
        self.pool.install(done)
    }

    /// What `read` makes of every sequence, named by its place, and its tokens' vectors, in order;
    /// a sequence without tokens has none. `cancel` is looked at between batches of about a
    /// thousand tokens.
    pub fn encode<T: Send>(
        &self,
        sequences: &[Sequence<'_>],
        cancel: &CancelToken,
        read: impl Fn(usize, &[f32]) -> Result<T, EmbedError> + Sync + Send,
    ) -> Result<Vec<T>, EmbedError> {
        let lengths: Vec<usize> = sequences.iter().map(|sequence| sequence.ids.len()).collect();
        let batches = plan::batches(&lengths, self.pool.current_num_threads());
        let encode = |batch: &Vec<usize>| self.encode_batch(sequences, batch, cancel, &read);
        let encoded: Vec<Vec<T>> = self
            .pool
            .install(|| batches.par_iter().with_max_len(1).map(encode).collect::<Result<_, _>>())?;
        let mut made: Vec<(usize, T)> =
            batches.into_iter().flatten().zip(encoded.into_iter().flatten()).collect();
        made.sort_unstable_by_key(|(place, _)| *place);
        Ok(made.into_iter().map(|(_, made)| made).collect())
    }

    fn encode_batch<T>(
        &self,
        sequences: &[Sequence<'_>],
        batch: &[usize],
        cancel: &CancelToken,
        read: &(impl Fn(usize, &[f32]) -> Result<T, EmbedError> + Sync),
    ) -> Result<Vec<T>, EmbedError> {
        stop_if(cancel)?;
        let mut scratch = self.take_scratch();
        let some: Vec<Sequence<'_>> =
            batch.iter().map(|i| sequences[*i]).filter(|one| !one.ids.is_empty()).collect();
        let mut rest = self.transformer.encode(&some, &mut scratch)?;
        let made = batch.iter().map(|place| {
            let length = sequences[*place].ids.len() * self.transformer.width();
            let (rows, after) = rest.split_at(length);
            rest = after;
            read(*place, rows)
        });
        let made = made.collect();
        self.put_back(scratch);
        made
    }

    fn take_scratch(&self) -> Scratch {
        let kept = self.scratch.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| self.transformer.scratch())
    }

    fn put_back(&self, scratch: Scratch) {
        self.scratch.lock().unwrap_or_else(PoisonError::into_inner).push(scratch);
    }
}

fn stop_if(cancel: &CancelToken) -> Result<(), EmbedError> {
    if cancel.is_cancelled() { Err(EmbedError::Cancelled) } else { Ok(()) }
}
