// Made from src-tauri/src/dto by this crate's tests; see dto/bindings.rs there.

export type Problem = { 
/**
 * What kind; the window words it by this.
 */
code: string, 
/**
 * What happened, in English, for reports.
 */
message: string, 
/**
 * What to do about it, in English.
 */
hint: string | null, };

export type Library = { id: number, name: string, documents: number, 
/**
 * Documents a search finds.
 */
ready: number, pages: number, passages: number, };

export type Receipt = { documents: number, passages: number, 
/**
 * Traces still found anywhere after the removal.
 */
left: number, 
/**
 * Given back to the disk.
 */
freedBytes: number, };

export type WatchedFolder = { id: number, 
/**
 * Where it is, to be read.
 */
folder: string, 
/**
 * Names of files that are gone from it and whose documents are kept.
 */
gone: Array<string>, };

export type CarriedOut = { 
/**
 * The file's name.
 */
file: string, documents: number, conversations: number, 
/**
 * Names of documents' files that are not where they were, or hold something else by now.
 */
missing: Array<string>, };

export type CarriedIn = { library: number, name: string, documents: number, conversations: number, 
/**
 * Titles of what was damaged.
 */
damaged: Array<string>, };

export type WorkKind = "article" | "book" | "chapter" | "paper" | "thesis" | "report" | "standard" | "patent" | "document";

export type Bibliography = { kind: WorkKind, title: string, authors: Array<string>, date: string, container: string, volume: string, issue: string, pages: string, publisher: string, place: string, edition: string, number: string, doi: string, isbn: string, url: string, };

export type DocumentRef = { id: number, title: string, fileName: string, sha256: string, };

export type Coverage = { text: number, ocr: number, mixed: number, empty: number, garbled: number, failed: number, 
/**
 * Of the empty ones, those whose image nobody recognised.
 */
needsOcr: number, };

export type Document = { id: number, 
/**
 * Of the file as it was read last; a quotation may be of an earlier version.
 */
sha256: string, library: number, title: string, fileName: string, 
/**
 * Where the file is, to be read.
 */
folder: string, status: 'queued' | 'parsed' | 'embedded' | 'ready' | 'no_text' | 'failed' | 'cancelled', bytes: number, pages: number, passages: number, coverage: Coverage, problem: Problem | null, };

export type PageWarning = { code: 'garbled_text' | 'needs_ocr' | 'page_failed' | 'unusual_size' | 'damaged' | 'incomplete' | 'truncated' | 'low_confidence' | 'ocr_unavailable' | 'attachments' | 'xfa_form' | 'watermark', message: string, };

export type PageSummary = { number: number, label: string | null, status: 'text' | 'ocr' | 'mixed' | 'empty' | 'garbled' | 'failed', characters: number, 
/**
 * How sure its recognised text is, in hundredths, where it has any.
 */
confidence: number | null, warnings: Array<PageWarning>, };

export type Region = { page: number, boxes: Array<[number, number, number, number]>, };

export type PageTable = { rows: Array<Array<string>>, 
/**
 * How many of the first rows name the columns.
 */
headerRows: number, 
/**
 * Rows in which something is quoted, from 0.
 */
marked: Array<number>, };

export type PageBlock = { kind: 'heading' | 'paragraph' | 'list_item' | 'table' | 'caption' | 'formula' | 'header' | 'footer' | 'footnote' | 'form_field' | 'annotation' | 'figure', 
/**
 * Depth of a heading, from 1.
 */
level: number, text: string, 
/**
 * What of the text is quoted: from, to, in UTF-16 code units.
 */
marks: Array<[number, number]>, 
/**
 * The cells of a table.
 */
table: PageTable | null, };

export type PageText = { number: number, 
/**
 * The printed page number, where there is one.
 */
label: string | null, blocks: Array<PageBlock>, };

export type Scope = { libraries: Array<number>, documents: Array<number>, };

export type SearchMode = "lexical" | "hybrid";

export type AskMode = "answer" | "quotes" | "compare" | "extract" | "summary" | "digest";

export type AskRequest = { question: string, scope: Scope, 
/**
 * The conversation it goes on with, if any.
 */
chat: number | null, 
/**
 * Whether the answer replaces the conversation's last.
 */
again: boolean, mode: AskMode, 
/**
 * The language model, unless the default.
 */
model: string | null, 
/**
 * 0 without.
 */
temperature: number | null, 
/**
 * The same seed gives the same answer.
 */
seed: number | null, 
/**
 * How readily is refused, -1 (hardly ever) to 1, unless as the person set it.
 */
strictness: number | null, 
/**
 * Whether documents are read as they are, nothing set apart.
 */
believe: boolean, 
/**
 * Whether a model that can think first does so.
 */
reasons: boolean, };

export type Scores = { 
/**
 * Cosine of question and passage, -1 to 1.
 */
cosine: number | null, 
/**
 * BM25, 0 and up.
 */
bm25: number | null, 
/**
 * Share of the question's terms that the passage holds, 0 to 1.
 */
coverage: number | null, 
/**
 * Mean cosine of the question's tokens with the nearest of the passage, -1 to 1.
 */
late: number | null, };

export type Hit = { rank: number, passage: number, document: DocumentRef, pages: Array<number>, section: Array<string>, text: string, 
/**
 * What of the text the question finds it by: from, to, in UTF-16 code units.
 */
marks: Array<[number, number]>, regions: Array<Region>, scores: Scores, };

export type SearchResult = { query: string, tookMs: number, 
/**
 * What was typed names a document, page or chapter that does not exist.
 */
nowhere: boolean, hits: Array<Hit>, };

export type SampleQuestion = { 
/**
 * `zh` or `en`.
 */
lang: string, question: string, 
/**
 * The sample's file name.
 */
document: string, page: number, };

export type AnswerBlock = { "kind": "paragraph", text: Array<Inline>, } | { "kind": "heading", level: number, text: Array<Inline>, } | { "kind": "list", 
/**
 * The number of the first point, unless they have none.
 */
start: number | null, items: Array<Array<AnswerBlock>>, } | { "kind": "quote", blocks: Array<AnswerBlock>, } | { "kind": "code", text: string, sentence: number | null, } | { "kind": "table", aligns: Array<'left' | 'center' | 'right'>, 
/**
 * The first is the head; each has a cell for every column.
 */
rows: Array<Array<Array<Inline>>>, } | { "kind": "rule" };

export type Inline = { "kind": "run", text: string, bold: boolean, italic: boolean, strike: boolean, code: boolean, sentence: number | null, } | { "kind": "break" } | { "kind": "marker", marker: number, sentence: number | null, };

export type Evidence = { marker: number, hit: Hit, };

export type Citation = { marker: number, document: DocumentRef, page: number, quote: string, regions: Array<Region>, verified: boolean, doubtful: boolean, figure: Region | null, };

export type NowThere = { page: number, quote: string, regions: Array<Region>, };

export type Reviewed = { chat: number, 
/**
 * The answer, from 0.
 */
turn: number, marker: number, state: 'moved' | 'changed' | 'gone', 
/**
 * As it is now.
 */
document: DocumentRef, 
/**
 * Where it was quoted from.
 */
page: number, quote: string, now: NowThere | null, };

export type Sentence = { text: string, markers: Array<number>, support: 'supported' | 'partial' | 'unsupported' | 'not_a_claim', origin: 'quoted' | 'model' | 'program', };

export type UnreadablePages = { document: DocumentRef, pages: Array<number>, };

export type Refusal = { code: 'not_in_documents' | 'nothing_to_search', nearest: Array<Hit>, 
/**
 * Words of the question that stand in no document.
 */
missing: Array<string>, unreadablePages: Array<UnreadablePages>, };

export type AnswerCost = { retrieveMs: number, firstTokenMs: number | null, totalMs: number, promptTokens: number, generatedTokens: number, };

export type ModelFacts = { id: string, sha256: string | null, quantization: string | null, architecture: string, device: string, };

export type SetApart = { title: string, page: number, text: string, };

export type Provenance = { version: string, mode: AskMode, 
/**
 * The texts that were searched for.
 */
searched: Array<string>, encoder: string, 
/**
 * What the most relevant passage scored, and what was needed.
 */
relevance: [number, number] | null, model: ModelFacts | null, 
/**
 * Who said it (`system`, `user`, `assistant`) and what, as the language model was given it.
 */
messages: Array<[string, string]>, temperature: number | null, seed: number | null, 
/**
 * What the language model wrote, before it was checked.
 */
draft: string | null, 
/**
 * What the language model was not given, as it speaks to one.
 */
setApart: Array<SetApart>, };

export type Answer = { question: string, text: string, refusal: Refusal | null, model: string | null, citations: Array<Citation>, sentences: Array<Sentence>, 
/**
 * The text, laid out.
 */
blocks: Array<AnswerBlock>, 
/**
 * What a model thought before it answered; not checked.
 */
reasoning: string | null, evidence: Array<Evidence>, 
/**
 * Markers the model wrote that point at nothing; they were taken out.
 */
removedMarkers: Array<number>, cost: AnswerCost, chat: number | null, 
/**
 * It breaks off: stopped, or the program ended.
 */
interrupted: boolean, provenance: Provenance | null, };

export type AnswerUpdate = { "type": "retrieving" } | { "type": "evidence", evidence: Array<Evidence>, } | { "type": "progress", done: number, total: number, } | { "type": "reasoning", text: string, } | { "type": "token", text: string, blocks: Array<AnswerBlock>, } | { "type": "citation", citation: Citation, } | { "type": "refused", refusal: Refusal, } | { "type": "done", answer: Answer, } | { "type": "failed", problem: Problem, };

export type ChatSummary = { id: number, title: string, pinned: boolean, 
/**
 * RFC 3339.
 */
updated: string, turns: number, };

export type Chat = { id: number, title: string, 
/**
 * Where its last question was looked for.
 */
scope: Scope, turns: Array<Answer>, };

export type ExportFormat = "md" | "html" | "docx" | "pdf" | "json" | "bib" | "ris" | "csl" | "gbt7714";

export type FailedCopy = { title: string, problem: Problem, };

export type HighlightedCopies = { 
/**
 * Names of the files that were written.
 */
files: Array<string>, failed: Array<FailedCopy>, };

export type Model = { id: string, kind: 'encoder' | 'generator' | 'reranker' | 'ocr', title: string, bytes: number, installed: boolean, isDefault: boolean, licence: string, };

export type Compute = { device: 'processor' | 'CUDA' | 'Metal', 
/**
 * Why it is not a faster one, in English.
 */
passedOver: Array<string>, };

export type PullProgress = { stage: 'connecting' | 'downloading' | 'verifying', 
/**
 * Bytes done of the file at hand.
 */
doneBytes: number, 
/**
 * Bytes of the file at hand, where known.
 */
totalBytes: number | null, };

export type Connection = { 
/**
 * When (RFC 3339, UTC).
 */
when: string, 
/**
 * The machine it went to.
 */
to: string, 
/**
 * What for, in English.
 */
why: string, 
/**
 * Bytes that came, where it is known.
 */
bytes: number | null, 
/**
 * What went wrong, if it did.
 */
error: string | null, };

export type Ledger = { 
/**
 * The latest first.
 */
connections: Array<Connection>, airGapped: boolean, };

export type OwnQuestion = { id: number, question: string, document: number, 
/**
 * The first page with the answer, from 1.
 */
first: number, 
/**
 * The last.
 */
last: number, };

export type RunConfig = { 
/**
 * Without: the encoder in use.
 */
encoder: string | null, mode: 'hybrid' | 'dense' | 'lexical', 
/**
 * Whether late interaction puts in order what both arms found.
 */
rerank: boolean, };

export type RunProgress = { 
/**
 * Whether vectors are being made, or questions asked.
 */
preparing: boolean, done: number, total: number, };

export type RunOutcome = { question: number, text: string, document: number, first: number, last: number, 
/**
 * Of the first passage on a right page, from 1; none beyond the first twenty.
 */
rank: number | null, 
/**
 * The document and the page that stood first.
 */
instead: [number, number] | null, ms: number, };

export type Interval = { mean: number, low: number, high: number, };

export type RunMetrics = { recall1: Interval, recall5: Interval, recall10: Interval, mrr10: Interval, };

export type OwnRun = { id: number, created: string, config: RunConfig, version: string, documents: number, passages: number, metrics: RunMetrics, outcomes: Array<RunOutcome>, };

export type Comparison = { 
/**
 * Questions both asked.
 */
questions: number, 
/**
 * By how much the second is better, over those questions.
 */
difference: RunMetrics, };

export type Encoder = { id: string, inUse: boolean, 
/**
 * Passages that have its vectors.
 */
done: number, 
/**
 * Passages there are.
 */
total: number, };

export type ImportItem = { 
/**
 * The document, once the file was opened.
 */
document: number | null, fileName: string, stage: 'queued' | 'parse' | 'split' | 'words' | 'embed' | 'index' | 'done' | 'failed' | 'unchanged' | 'cancelled' | 'refused', 
/**
 * Pages or passages done in this stage.
 */
done: number, total: number, 
/**
 * Whether the pages are recognised from their images.
 */
recognising: boolean, 
/**
 * Seconds until the end of this stage, once enough was done to guess.
 */
secondsLeft: number | null, problem: Problem | null, };

export type ImportJob = { id: number, fileName: string, 
/**
 * How often it was begun and did not come to an end.
 */
attempts: number, 
/**
 * Why it is set aside, if it is.
 */
problem: Problem | null, };

export type Skipped = { reason: 'unreadable_folder' | 'broken_link' | 'link_circle' | 'same_file' | 'not_a_regular_file' | 'unsupported_kind' | 'system_file', count: number, 
/**
 * The first of them.
 */
names: Array<string>, };

export type ImportSummary = { documents: number, pages: number, passages: number, failed: number, unchanged: number, 
/**
 * Pages that hold something nobody could read.
 */
unread: number, seconds: number, skipped: Array<Skipped>, };

export type ImportState = { running: boolean, 
/**
 * Where the running import puts its documents.
 */
library: number | null, filesDone: number, filesTotal: number, 
/**
 * Imports that wait for their turn.
 */
waiting: number, 
/**
 * Seconds, once enough was done to guess.
 */
secondsLeft: number | null, 
/**
 * Files in work.
 */
active: Array<ImportItem>, 
/**
 * Files that failed since the window opened, newest last; documents that stayed as they were
 * (`refused`) among them.
 */
failed: Array<ImportItem>, 
/**
 * How the last import ended.
 */
last: ImportSummary | null, 
/**
 * Why the last import could not be done at all.
 */
problem: Problem | null, };

export type Backup = { number: number, 
/**
 * When it was made (RFC 3339, UTC).
 */
made: string, bytes: number, reason: 'request' | 'regular' | 'migration' | 'restore' | 'removal' | 'damaged', };

export type DropHover = { 
/**
 * Whether they are over it; false once they left or were let go.
 */
over: boolean, files: number, };

export type Startup = { 
/**
 * Why not.
 */
problem: Problem | null, 
/**
 * What happened to it on the way: that it was damaged, say, and what was recovered.
 */
told: Array<Problem>, version: string, };
