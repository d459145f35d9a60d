//! Retrieval measured on a set of questions with known answers.
//!
//! Metrics follow the information-retrieval literature: recall@k and MRR@10 count the first gold
//! unit, nDCG@10 has binary gains (Järvelin & Kekäläinen 2002).

pub(crate) mod answers;
pub(crate) mod interval;
mod ranges;

use crate::search::{Rerank, SearchQuery};
use crate::{Engine, ImportRequest, Result};
use ranges::Shares;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;
use yinju_core::ports::RankedPassage;
use yinju_core::{
    BBox, Block, BlockKind, CancelToken, CharRange, DocumentId, LibraryId, Line, Mode, Page,
    PageNumber, PageStatus, Passage, Problem, ProblemCode, Scope,
};
use yinju_store::NewDocument;

/// What counts as one result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A passage; gold is one that holds a gold passage or, without, an answer of a gold document.
    Passage,
    /// A page of a document.
    Page,
    /// A document.
    Document,
}

/// What to measure.
#[derive(Clone, Debug)]
pub struct EvaluationRequest {
    /// Documents, one JSON object a line: `{doc_id, title, text}` or `{doc_id, title, pdf}`.
    pub corpus: PathBuf,
    /// Questions, one JSON object a line.
    pub queries: PathBuf,
    /// What counts as one result.
    pub unit: Unit,
    /// Which arms look.
    pub mode: Mode,
    /// Whether a second stage looks at what they found.
    pub rerank: Rerank,
    /// Whether each question is asked of its gold documents alone.
    pub within_gold: bool,
}

/// What was found for a question, for a closer look.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EvaluatedQuestion {
    /// Its id in the set.
    pub qid: String,
    /// As it was asked.
    pub question: String,
    /// Its kind, where the set says one (`meta.question_type`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where the first gold unit stands, from 1; `None` beyond ten.
    pub rank: Option<usize>,
    /// Whether all gold units stand among the first ten.
    pub complete: bool,
    /// The first ten: a document, and the page where pages count.
    pub found: Vec<(String, Option<u32>)>,
}

/// What was found of the questions of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindShares {
    /// Questions asked.
    pub queries: u32,
    /// Share with a gold unit first.
    #[serde(rename = "recall@1")]
    pub recall_1: f64,
    /// Among the first ten.
    #[serde(rename = "recall@10")]
    pub recall_10: f64,
}

/// What was measured. Field names are those of `cli.md`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// The set's folder name.
    pub set: String,
    /// What counted as one result.
    pub unit: Unit,
    /// Which arms looked.
    pub mode: Mode,
    /// Which later stage was asked for; late interaction looks in hybrid mode, a model in any.
    pub rerank: Rerank,
    /// Questions asked.
    pub queries: u32,
    /// Share of questions with a gold unit first.
    #[serde(rename = "recall@1")]
    pub recall_1: f64,
    /// Among the first five.
    #[serde(rename = "recall@5")]
    pub recall_5: f64,
    /// Among the first ten.
    #[serde(rename = "recall@10")]
    pub recall_10: f64,
    /// Share with all gold units among the first ten.
    #[serde(rename = "complete@10")]
    pub complete_10: f64,
    /// Mean reciprocal rank of the first gold unit, 0 beyond ten.
    #[serde(rename = "mrr@10")]
    pub mrr_10: f64,
    /// Normalised discounted cumulative gain.
    #[serde(rename = "ndcg@10")]
    pub ndcg_10: f64,
    /// Share of the gold characters that stand in the first five passages, over the questions that
    /// name such characters (`meta.ranges`);
    #[serde(rename = "token_recall@5", skip_serializing_if = "Option::is_none")]
    pub token_recall_5: Option<f64>,
    /// share of those passages that is gold;
    #[serde(rename = "token_precision@5", skip_serializing_if = "Option::is_none")]
    pub token_precision_5: Option<f64>,
    /// and what both have in common of what either has.
    #[serde(rename = "token_iou@5", skip_serializing_if = "Option::is_none")]
    pub token_iou_5: Option<f64>,
    /// Median time of a search.
    pub ms_per_query_p50: f64,
    /// The 95th percentile.
    pub ms_per_query_p95: f64,
    /// Pages (documents for a text corpus) made searchable a second.
    pub ingest_pages_per_s: f64,
    /// The same by kind of question, where the set names kinds.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub kinds: BTreeMap<String, KindShares>,
}

#[derive(Deserialize)]
struct CorpusRow {
    doc_id: String,
    title: String,
    text: Option<String>,
    pdf: Option<PathBuf>,
}

#[derive(Deserialize)]
struct QueryRow {
    #[serde(default)]
    qid: String,
    question: String,
    #[serde(default)]
    answers: Vec<String>,
    #[serde(default = "yes")]
    answerable: bool,
    gold_doc_ids: Vec<String>,
    gold_pages: Option<HashMap<String, Vec<u32>>>,
    gold_passage: Option<serde_json::Value>,
    #[serde(default)]
    meta: Meta,
}

#[derive(Default, Deserialize)]
struct Meta {
    /// Characters of the gold document, from and to.
    #[serde(default)]
    ranges: Vec<(u32, u32)>,
    question_type: Option<String>,
}

fn yes() -> bool {
    true
}

/// One result, in the unit that is measured.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Found {
    Document(String),
    Page(String, u32),
    Passage(u64, String),
}

impl Found {
    fn place(&self) -> (String, Option<u32>) {
        match self {
            Self::Document(name) => (name.clone(), None),
            Self::Page(name, page) => (name.clone(), Some(*page)),
            Self::Passage(_, text) => (text.lines().next().unwrap_or_default().to_owned(), None),
        }
    }
}

/// How deep to look: enough passages for ten distinct pages or documents.
const DEPTH: usize = 50;

impl Engine {
    /// Imports a corpus into this (temporary) home and asks every answerable question; `each` is
    /// told of every one.
    pub fn evaluate(
        &self,
        request: &EvaluationRequest,
        each: &mut dyn FnMut(&EvaluatedQuestion),
    ) -> Result<Evaluation> {
        if let Rerank::With(model) = &request.rerank {
            self.models().reranker(model)?;
        }
        let library = self.create_library("evaluation")?;
        let start = Instant::now();
        let names = self.ingest(&request.corpus, library)?;
        let pages = self.libraries()?.iter().map(|l| l.pages).sum::<u32>();
        let ingest_pages_per_s = f64::from(pages) / start.elapsed().as_secs_f64().max(1e-9);
        let queries: Vec<QueryRow> = rows(&request.queries)?;
        let mut asked: Vec<EvaluatedQuestion> = Vec::new();
        let mut gains = Vec::new();
        let mut times = Vec::new();
        let mut shares = Vec::new();
        for query in queries.iter().filter(|query| query.answerable) {
            let start = Instant::now();
            let ranked = self.ranked_for(query, request, &names)?;
            times.push(start.elapsed().as_secs_f64() * 1000.0);
            shares.extend(self.shares(query, &ranked, &names)?);
            let found = self.found(&ranked, request, &names)?;
            let is_gold: Vec<_> = found.iter().take(10).map(|unit| query.is_gold(unit)).collect();
            let gold = is_gold.iter().filter(|gold| **gold).count();
            let evaluated = EvaluatedQuestion {
                qid: query.qid.clone(),
                question: query.question.clone(),
                kind: query.meta.question_type.clone(),
                rank: is_gold.iter().position(|gold| *gold).map(|rank| rank + 1),
                complete: gold > 0 && gold >= query.gold_units(request.unit).min(10),
                found: found.iter().take(10).map(Found::place).collect(),
            };
            each(&evaluated);
            gains.push(ndcg(&is_gold, query.gold_units(request.unit)));
            asked.push(evaluated);
        }
        let ranks: Vec<Option<usize>> = asked.iter().map(|asked| asked.rank).collect();
        let complete = asked.iter().filter(|asked| asked.complete).count();
        let set = request.corpus.parent().and_then(Path::file_name);
        Ok(Evaluation {
            set: set.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            unit: request.unit,
            mode: request.mode,
            rerank: request.rerank.clone(),
            queries: ranks.len() as u32,
            recall_1: recall(&ranks, 1),
            recall_5: recall(&ranks, 5),
            recall_10: recall(&ranks, 10),
            complete_10: complete as f64 / ranks.len().max(1) as f64,
            mrr_10: mean(ranks.iter().map(|r| r.map_or(0.0, |r| 1.0 / r as f64))),
            ndcg_10: mean(gains.into_iter()),
            token_recall_5: mean_of(&shares, |shares| shares.recall),
            token_precision_5: mean_of(&shares, |shares| shares.precision),
            token_iou_5: mean_of(&shares, |shares| shares.iou),
            ms_per_query_p50: percentile(&mut times, 0.50),
            ms_per_query_p95: percentile(&mut times, 0.95),
            ingest_pages_per_s,
            kinds: kinds(&asked),
        })
    }

    fn ranked_for(
        &self,
        query: &QueryRow,
        request: &EvaluationRequest,
        names: &BTreeMap<DocumentId, String>,
    ) -> Result<Vec<RankedPassage>> {
        let is_gold = |name: &String| request.within_gold && query.gold_doc_ids.contains(name);
        let gold = names.iter().filter(|(_, name)| is_gold(name));
        let query = SearchQuery {
            text: query.question.clone(),
            scope: Scope { documents: gold.map(|(id, _)| *id).collect(), ..Scope::default() },
            mode: request.mode,
            limit: DEPTH,
            rerank: request.rerank.clone(),
            is_asked: true,
            spread: false,
            encoder: None,
        };
        Ok(self.look(&query)?.ranked)
    }

    /// What the first passages show of the characters a question is about, if it says which.
    fn shares(
        &self,
        query: &QueryRow,
        ranked: &[RankedPassage],
        names: &BTreeMap<DocumentId, String>,
    ) -> Result<Option<Shares>> {
        let (Some(gold), false) = (query.gold_doc_ids.first(), query.meta.ranges.is_empty()) else {
            return Ok(None);
        };
        let mut shown = Vec::new();
        for found in ranked.iter().take(ranges::SHOWN) {
            let name = names.get(&found.document).map_or("", String::as_str);
            let passage = self.store().passage(found.passage)?;
            let spans = passage.into_iter().flat_map(|passage| passage.draft.spans);
            shown.extend(spans.map(|span| (name, span.range.start..span.range.end)));
        }
        let gold: Vec<_> =
            query.meta.ranges.iter().map(|(start, end)| (gold.as_str(), *start..*end)).collect();
        Ok(Some(ranges::shares(&shown, &gold)))
    }

    fn found(
        &self,
        ranked: &[RankedPassage],
        request: &EvaluationRequest,
        names: &BTreeMap<DocumentId, String>,
    ) -> Result<Vec<Found>> {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for hit in ranked {
            let name = names.get(&hit.document).cloned().unwrap_or_default();
            let units = match request.unit {
                Unit::Document => vec![Found::Document(name)],
                Unit::Passage | Unit::Page => match self.store().passage(hit.passage)? {
                    Some(passage) => units_of(&passage, &name, request.unit),
                    None => Vec::new(),
                },
            };
            found.extend(units.into_iter().filter(|unit| seen.insert(unit.clone())));
        }
        Ok(found)
    }

    /// Makes a corpus searchable; returns what its documents are called there.
    fn ingest(&self, corpus: &Path, library: LibraryId) -> Result<BTreeMap<DocumentId, String>> {
        let folder = corpus.parent().unwrap_or(Path::new("."));
        let rows: Vec<CorpusRow> = rows(corpus)?;
        let mut by_path = HashMap::new();
        let mut names = BTreeMap::new();
        for row in &rows {
            if let Some(text) = &row.text {
                names.insert(self.ingest_text(library, row, text)?, row.doc_id.clone());
            } else if let Some(pdf) = &row.pdf {
                let path = std::path::absolute(folder.join(pdf)).unwrap_or_else(|_| pdf.clone());
                by_path.insert(path, row.doc_id.clone());
            }
        }
        let mut paths: Vec<_> = by_path.keys().cloned().collect();
        paths.sort();
        let request = ImportRequest { paths, library, password: None };
        self.import(&request, &CancelToken::new(), &|_| {})?;
        for document in self.documents(Some(library))? {
            if let Some(name) = by_path.get(&document.reference.path) {
                names.insert(document.reference.id, name.clone());
            }
        }
        Ok(names)
    }

    /// A text becomes a document of one page, set as if on one line so that it can be quoted; embedding and indexing are the import's.
    fn ingest_text(&self, library: LibraryId, row: &CorpusRow, text: &str) -> Result<DocumentId> {
        let new = NewDocument {
            library,
            sha256: format!("text:{}", row.doc_id),
            path: PathBuf::from(&row.doc_id),
            title: row.title.clone(),
            bytes: text.len() as u64,
        };
        let (id, _) = self.store().ensure_document(&new)?;
        let page = page_of(text);
        let side = self.encoder()?;
        let mut splitting = side.splitter.begin(&[]);
        let mut passages = splitting.push(&page)?;
        passages.extend(splitting.finish()?);
        let last = Some(page.number);
        self.store().begin_reading(id)?;
        self.store().add_read(id, &[page], &passages)?;
        self.store().end_reading(id, last)?;
        Ok(id)
    }
}

fn page_of(text: &str) -> Page {
    let range = CharRange::new(0, text.chars().count());
    let block =
        Block { kind: BlockKind::Paragraph, level: None, range, boxes: Vec::new(), table: None };
    // Where the characters stand does not matter, only that they stand somewhere.
    let line = Line {
        range,
        bbox: BBox { x0: 0.0, y0: 0.0, x1: 1.0, y1: 1.0 },
        edges: vec![[0, u16::MAX]; range.len()],
        vertical: false,
        confidence: None,
    };
    Page {
        number: PageNumber::from_index(0),
        label: None,
        width: 0.0,
        height: 0.0,
        status: PageStatus::Text,
        text: text.to_owned(),
        blocks: vec![block],
        lines: vec![line],
        warnings: Vec::new(),
    }
}

fn units_of(passage: &Passage, name: &str, unit: Unit) -> Vec<Found> {
    match unit {
        Unit::Passage => {
            vec![Found::Passage(passage.id.0, format!("{name}\n{}", passage.draft.text))]
        }
        _ => passage.pages().iter().map(|page| Found::Page(name.to_owned(), page.get())).collect(),
    }
}

impl QueryRow {
    fn is_gold(&self, found: &Found) -> bool {
        match found {
            Found::Document(name) => self.gold_doc_ids.contains(name),
            Found::Page(name, page) => self
                .gold_pages
                .as_ref()
                .and_then(|pages| pages.get(name))
                .is_some_and(|pages| pages.contains(page)),
            Found::Passage(_, named_text) => self.is_gold_passage(named_text),
        }
    }

    fn is_gold_passage(&self, named_text: &str) -> bool {
        let (name, text) = named_text.split_once('\n').unwrap_or(("", named_text));
        let fold = yinju_core::text::fold_whitespace;
        let text = fold(text);
        let gold: Vec<&str> = match &self.gold_passage {
            Some(serde_json::Value::String(one)) => vec![one],
            Some(serde_json::Value::Array(many)) => {
                many.iter().filter_map(|v| v.as_str()).collect()
            }
            _ => self.answers.iter().map(String::as_str).collect(),
        };
        self.gold_doc_ids.iter().any(|id| id == name)
            && gold.iter().any(|g| text.contains(&fold(g)))
    }

    /// How many gold units there are, for the ideal ranking.
    fn gold_units(&self, unit: Unit) -> usize {
        match unit {
            Unit::Page => self.gold_pages.iter().flat_map(HashMap::values).map(Vec::len).sum(),
            Unit::Document => self.gold_doc_ids.len(),
            Unit::Passage => 1,
        }
    }
}

fn rows<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        Problem::new(ProblemCode::FileNotFound, format!("{}: {error}", path.display()))
            .hint("name a corpus.jsonl and a queries.jsonl")
    })?;
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    numbered
        .map(|(number, line)| {
            serde_json::from_str(line).map_err(|error| {
                let message = format!("{}, line {}: {error}", path.display(), number + 1);
                Problem::new(ProblemCode::BadUsage, message).hint("one JSON object a line")
            })
        })
        .collect()
}

/// The share of questions whose first gold unit is among `k`; ranks count from 1.
fn recall(ranks: &[Option<usize>], k: usize) -> f64 {
    mean(ranks.iter().map(|rank| f64::from(u8::from(rank.is_some_and(|rank| rank <= k)))))
}

fn kinds(asked: &[EvaluatedQuestion]) -> BTreeMap<String, KindShares> {
    let mut ranks: BTreeMap<&str, Vec<Option<usize>>> = BTreeMap::new();
    for question in asked {
        if let Some(kind) = &question.kind {
            ranks.entry(kind).or_default().push(question.rank);
        }
    }
    let shares = |ranks: Vec<Option<usize>>| KindShares {
        queries: ranks.len() as u32,
        recall_1: recall(&ranks, 1),
        recall_10: recall(&ranks, 10),
    };
    ranks.into_iter().map(|(kind, ranks)| (kind.to_owned(), shares(ranks))).collect()
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len().max(1);
    values.sum::<f64>() / count as f64
}

fn mean_of(shares: &[Shares], of: impl Fn(&Shares) -> f64) -> Option<f64> {
    (!shares.is_empty()).then(|| mean(shares.iter().map(of)))
}

fn ndcg(is_gold: &[bool], gold_units: usize) -> f64 {
    let discount = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let gain: f64 = (0..is_gold.len()).filter(|rank| is_gold[*rank]).map(discount).sum();
    let ideal: f64 = (0..gold_units.min(10)).map(discount).sum();
    if ideal > 0.0 { (gain / ideal).min(1.0) } else { 0.0 }
}

fn percentile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let index = ((times.len() as f64 - 1.0) * share).round().max(0.0) as usize;
    times.get(index).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_of_a_known_ranking() {
        let ranks = [Some(1), Some(5), None, Some(10)];
        assert!((recall(&ranks, 1) - 0.25).abs() < 1e-9);
        assert!((recall(&ranks, 5) - 0.5).abs() < 1e-9);
        assert!((recall(&ranks, 10) - 0.75).abs() < 1e-9);
        assert!((ndcg(&[true], 1) - 1.0).abs() < 1e-9);
        assert!((ndcg(&[false, true], 1) - 0.630_929).abs() < 1e-5);
    }
}
