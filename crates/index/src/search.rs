//! One search of both arms: candidates of each, what each thinks of all of them, and their order.

use crate::config::IndexConfig;
use crate::dense::VectorArm;
use crate::error::IndexError;
use crate::fuse::{self, Ranking};
use crate::lexical::{Posted, PostingsArm, Snapshot};
use crate::text::question::Question;
use std::collections::BTreeMap;
use yinju_core::ports::{RankedPassage, SearchRequest};
use yinju_core::{ArmScores, Language, Mode, PassageId, Scope};

/// One search, in one state of the postings.
pub struct Search<'a> {
    config: &'a IndexConfig,
    vectors: &'a VectorArm,
    request: &'a SearchRequest,
    question: Question,
    state: Snapshot<'a>,
}

/// What the arms found.
#[derive(Default)]
struct Found {
    /// Every passage found by either arm.
    passages: BTreeMap<PassageId, Posted>,
    /// By BM25, best first.
    lexical: Vec<(PassageId, f32)>,
    /// By cosine, best first.
    dense: Vec<(PassageId, f32)>,
    /// Of the other language than the question's, by cosine.
    across: Vec<(PassageId, f32)>,
}

impl<'a> Search<'a> {
    /// A search of what is committed now.
    pub fn new(
        config: &'a IndexConfig,
        vectors: &'a VectorArm,
        postings: &'a PostingsArm,
        request: &'a SearchRequest,
    ) -> Result<Self, IndexError> {
        let question = Question::with_words(&request.text, &request.words);
        let state = postings.snapshot().asked_in(&request.scope)?;
        Ok(Self { config, vectors, request, question, state })
    }

    /// The best passages, best first, with what each arm thinks of them.
    pub fn run(&self) -> Result<Vec<RankedPassage>, IndexError> {
        let found = self.look()?;
        let coverage = self.coverage(&found)?;
        let mut ranked = self.rank(&found, &coverage);
        ranked.truncate(self.request.limit);
        self.describe(&ranked, &found, &coverage)
    }

    fn look(&self) -> Result<Found, IndexError> {
        let (request, mode) = (self.request, self.request.mode);
        let depth = self.config.fusion.depth(request.limit);
        let mut found = Found::default();
        if mode != Mode::Dense {
            let (scope, conditions) = (&request.scope, &request.conditions);
            for (posted, score) in self.state.best(&self.question, scope, conditions, depth)? {
                found.lexical.push((posted.passage, score));
                found.passages.insert(posted.passage, posted);
            }
        }
        if mode != Mode::Lexical {
            let vector = request.vector.as_deref().ok_or(IndexError::VectorMissing)?;
            let only = request.conditions.only.as_deref();
            found.dense = self.vectors.nearest(vector, &request.scope, only, depth)?;
            found.across = self.look_across(vector)?;
            self.keep_posted(&mut found)?;
            self.keep_meeting(&mut found)?;
        }
        Ok(found)
    }

    /// The nearest passages in the other language: those in the question's own are nearer by their
    /// language alone and would keep them out.
    fn look_across(&self, vector: &[f32]) -> Result<Vec<(PassageId, f32)>, IndexError> {
        let SearchRequest { text, scope, conditions, across, .. } = self.request;
        if *across == 0 || !scope.languages.is_empty() {
            return Ok(Vec::new());
        }
        let other = match Language::of(text) {
            Language::Zh => Language::En,
            Language::En => Language::Zh,
        };
        let scope = Scope { languages: vec![other], ..scope.clone() };
        self.vectors.nearest(vector, &scope, conditions.only.as_deref(), *across)
    }

    /// Vectors without postings were not committed, or are left from a crash: they are not shown.
    fn keep_posted(&self, found: &mut Found) -> Result<(), IndexError> {
        let mut unknown = ids(&found.dense);
        unknown.extend(ids(&found.across));
        unknown.retain(|passage| !found.passages.contains_key(passage));
        let posted = self.state.find(&unknown)?;
        found.passages.extend(posted.into_iter().map(|posted| (posted.passage, posted)));
        for list in [&mut found.dense, &mut found.across] {
            list.retain(|(passage, _)| found.passages.contains_key(passage));
        }
        Ok(())
    }

    /// The vectors know nothing of words.
    fn keep_meeting(&self, found: &mut Found) -> Result<(), IndexError> {
        let conditions = &self.request.conditions;
        if conditions.required.is_empty() && conditions.excluded.is_empty() {
            return Ok(());
        }
        let passages: Vec<Posted> = found.passages.values().copied().collect();
        let meeting = self.state.meeting(&passages, conditions)?;
        for list in [&mut found.dense, &mut found.across] {
            list.retain(|(passage, _)| meeting.contains(passage));
        }
        Ok(())
    }

    fn coverage(&self, found: &Found) -> Result<BTreeMap<PassageId, f32>, IndexError> {
        let passages: Vec<Posted> = found.passages.values().copied().collect();
        let shares = self.state.coverage(&self.question, &passages)?;
        Ok(passages.iter().map(|p| p.passage).zip(shares).collect())
    }

    fn rank(&self, found: &Found, coverage: &BTreeMap<PassageId, f32>) -> Vec<(PassageId, f32)> {
        match self.request.mode {
            Mode::Lexical => found.lexical.clone(),
            Mode::Dense => found.dense.clone(),
            Mode::Hybrid => {
                let config = &self.config.fusion;
                let (lexical, dense) = (ids(&found.lexical), ids(&found.dense));
                let best = lexical.iter().filter_map(|p| coverage.get(p).copied());
                let trust = fuse::lexical_trust(best.fold(0.0, f32::max), config);
                let lexical = Ranking { passages: &lexical, trust };
                let (dense, across) = (&dense, &ids(&found.across));
                let trusted = |passages| Ranking { passages, trust: 1.0 };
                fuse::fuse(&[lexical, trusted(dense), trusted(across)], config)
            }
        }
    }

    fn describe(
        &self,
        ranked: &[(PassageId, f32)],
        found: &Found,
        coverage: &BTreeMap<PassageId, f32>,
    ) -> Result<Vec<RankedPassage>, IndexError> {
        let cosines = self.cosines(ranked, found)?;
        let bm25 = self.bm25(ranked, found)?;
        let asked_in = Language::of(&self.request.text);
        let describe = |&(passage, score): &(PassageId, f32)| {
            let Posted { document, language, .. } = *found.passages.get(&passage)?;
            let arms = ArmScores {
                cosine: cosines.get(&passage).copied(),
                bm25: bm25.get(&passage).copied(),
                coverage: coverage.get(&passage).copied(),
                late: None,
                cross: None,
                across: language != asked_in,
            };
            Some(RankedPassage { passage, document, score, arms })
        };
        Ok(ranked.iter().filter_map(describe).collect())
    }

    /// BM25 scores of all that is returned, also of passages only the vectors found; 0 for one that
    /// holds no term of the question.
    fn bm25(
        &self,
        ranked: &[(PassageId, f32)],
        found: &Found,
    ) -> Result<BTreeMap<PassageId, f32>, IndexError> {
        let mut bm25: BTreeMap<PassageId, f32> = found.lexical.iter().copied().collect();
        if self.request.mode == Mode::Hybrid {
            let missing: Vec<PassageId> =
                ids(ranked).into_iter().filter(|p| !bm25.contains_key(p)).collect();
            let scores = self.state.scores(&self.question, &missing)?;
            bm25.extend(missing.into_iter().map(|passage| (passage, 0.0)));
            bm25.extend(scores.into_iter().map(|(posted, score)| (posted.passage, score)));
        }
        Ok(bm25)
    }

    /// Cosines of all that is returned, also of passages only the postings found: whoever decides
    /// whether to answer needs both scores.
    fn cosines(
        &self,
        ranked: &[(PassageId, f32)],
        found: &Found,
    ) -> Result<BTreeMap<PassageId, f32>, IndexError> {
        let mut cosines: BTreeMap<PassageId, f32> =
            found.dense.iter().chain(&found.across).copied().collect();
        if let Some(vector) = &self.request.vector {
            let missing: Vec<PassageId> =
                ids(ranked).into_iter().filter(|p| !cosines.contains_key(p)).collect();
            cosines.extend(self.vectors.cosines(vector, &missing)?);
        }
        Ok(cosines)
    }
}

fn ids(scored: &[(PassageId, f32)]) -> Vec<PassageId> {
    scored.iter().map(|(passage, _)| *passage).collect()
}
