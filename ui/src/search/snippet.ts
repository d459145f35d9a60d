// The part of a passage that shows why it was found: about two lines around most of its marks.
import { Line, type Marks } from './line';

export interface Piece {
  text: string;
  marked: boolean;
}

interface Range {
  from: number;
  to: number;
}

/** Columns shown: 160 letters or 80 Chinese characters fill two lines of the list. */
const COLUMNS = 160;
/** Columns that may be shown beyond, rather than cut away so little of a sentence. */
const TOLERATED = 12;
/** How much of the room beside the marks may go before them, to begin with a sentence or a word. */
const SENTENCE_LEAD = 0.6;
const WORD_LEAD = 0.35;
/** How full the room must at least be to end with a sentence or a clause. */
const SENTENCE_FILL = 0.6;
const CLAUSE_FILL = 0.85;

export function snippetOf(text: string, marks: Marks): Piece[] {
  const line = new Line(text, marks);
  return piecesOf(line, shownOf(line));
}

function shownOf(line: Line): Range {
  const all = { from: 0, to: line.length };
  if (line.width(0, line.length) <= COLUMNS + TOLERATED) return all;
  const core = densest(line);
  const from = beginning(line, core);
  const to = ending(line, core, from);
  if (to < line.length) return { from, to };
  return { from: earlier(line, from), to };
}

/** The stretch that holds the most different marks, then the most, then the closest together. */
function densest(line: Line): Range {
  const runs = markedRuns(line);
  let best = { from: 0, to: 0 };
  let most = -Infinity;
  for (const [index, { from }] of runs.entries()) {
    const beyond = runs.findIndex((run, at) => at >= index && line.width(from, run.to) > COLUMNS);
    const reached = runs.slice(index, beyond < 0 ? undefined : beyond);
    const to = reached.at(-1)?.to ?? line.forward(from, COLUMNS);
    const words = new Set(reached.map((run) => line.text(run.from, run.to).toLowerCase()));
    const worth = words.size * 1e6 + reached.length * 1e3 - line.width(from, to);
    if (worth > most) [best, most] = [{ from, to }, worth];
  }
  return best;
}

function markedRuns(line: Line): Range[] {
  const runs: Range[] = [];
  for (let at = 0; at < line.length; at++) {
    if (!line.isMarked(at)) continue;
    const last = runs.at(-1);
    if (last?.to === at) last.to = at + 1;
    else runs.push({ from: at, to: at + 1 });
  }
  return runs;
}

function beginning(line: Line, core: Range): number {
  const spare = Math.max(0, COLUMNS - line.width(core.from, core.to));
  const sentence = line.back(core.from, Math.max(TOLERATED, spare * SENTENCE_LEAD));
  const word = line.back(core.from, spare * WORD_LEAD);
  return (
    last(sentence, core.from, (at) => line.beginsSentence(at)) ??
    first(word, core.from, (at) => line.isClause(at)) ??
    first(word, core.from, (at) => line.isWord(at)) ??
    core.from
  );
}

function ending(line: Line, core: Range, from: number): number {
  const limit = Math.max(core.to, line.forward(from, COLUMNS));
  if (limit === line.length) return limit;
  const filled = (share: number) => Math.max(core.to, line.forward(from, COLUMNS * share));
  return (
    last(filled(SENTENCE_FILL), limit, (at) => line.endsSentence(at)) ??
    last(filled(CLAUSE_FILL), limit, (at) => line.isClause(at)) ??
    last(core.to, limit, (at) => at > from && line.isWord(at)) ??
    last(core.to, limit, (at) => !line.isJoined(at)) ??
    limit
  );
}

/** Where the end of the passage leaves room over, more of what is before is shown. */
function earlier(line: Line, from: number): number {
  const limit = line.back(line.length, COLUMNS);
  return (
    first(limit, from, (at) => line.beginsSentence(at)) ??
    first(limit, from, (at) => line.isWord(at)) ??
    from
  );
}

function first(from: number, to: number, fits: (at: number) => boolean): number | undefined {
  for (let at = from; at <= to; at++) if (fits(at)) return at;
  return undefined;
}

function last(from: number, to: number, fits: (at: number) => boolean): number | undefined {
  for (let at = to; at >= from; at--) if (fits(at)) return at;
  return undefined;
}

function piecesOf(line: Line, { from, to }: Range): Piece[] {
  const pieces: Piece[] = [];
  const add = (text: string, marked: boolean) => {
    const open = pieces.at(-1);
    if (open?.marked === marked) open.text += text;
    else if (text !== '') pieces.push({ text, marked });
  };
  if (from > 0) add('…', false);
  const trimmed = trim(line, { from, to });
  for (let at = trimmed.from; at < trimmed.to; at++) add(line.text(at, at + 1), line.isMarked(at));
  if (to < line.length) add('…', false);
  return pieces;
}

function trim(line: Line, { from, to }: Range): Range {
  const isSpace = (at: number) => line.text(at, at + 1) === ' ';
  return { from: isSpace(from) ? from + 1 : from, to: isSpace(to - 1) ? to - 1 : to };
}
