// An answer's text as the window lays it out: blocks of words and markers, each stretch of words
// knowing how well the evidence bears its sentence out. Where its tables are, `tables` says.
import type { Sentence } from '../backend';
import { alignsOf, cellsOf, rolesOf, rowOf, tableAt, type Align, type Span } from './tables';

export type Support = Sentence['support'];

export type Inline =
  | { kind: 'text'; text: string; support: Support | null; strong: boolean }
  | { kind: 'marker'; marker: number };

export interface Line {
  kind: 'paragraph' | 'item' | 'heading';
  /** The number or dot of a list item. */
  bullet: string;
  inlines: Inline[];
}

/** Each row has as many cells as the head. */
export interface Table {
  kind: 'table';
  aligns: Align[];
  head: Inline[][];
  rows: Inline[][][];
}

export type Block = Line | Table;

export const MARKER = /\[(\d{1,3})\]/g;
/** A dot alone does not make an item: `3.2` is the number of a section. */
const ITEM = /^\s*(?:([-*•])(?!\*)|(\d{1,2}(?:[.)](?=\s)|、)))\s*/;
const HEADING = /^\s*#{1,6}\s+/;

export function blocksOf(
  text: string,
  sentences: readonly Sentence[] = [],
  writing = false,
): Block[] {
  const support = supportByCharacter(text, sentences);
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let start = 0;
  for (let at = 0; at < lines.length;) {
    const count = tableAt(lines, at, writing);
    const taken = lines.slice(at, at + Math.max(1, count));
    const [line = ''] = taken;
    if (count > 0) blocks.push(tableOf(taken, start, support));
    else if (line.trim() !== '') blocks.push(blockOf(line, start, support));
    for (const { length } of taken) start += length + 1;
    at += taken.length;
  }
  return blocks;
}

/** Everything a block says, in reading order: its line, or the cells of its table. */
export function stretchesOf(block: Block): Inline[][] {
  return block.kind === 'table' ? [...block.head, ...block.rows.flat()] : [block.inlines];
}

/** Of every marker the first place it stands at. */
export function firstMarkers(blocks: readonly Block[]): Set<Inline> {
  const first = new Map<number, Inline>();
  for (const inline of blocks.flatMap(stretchesOf).flat()) {
    if (inline.kind === 'marker' && !first.has(inline.marker)) first.set(inline.marker, inline);
  }
  return new Set(first.values());
}

/** Words that break into lines as they like, or a marker with the letter before it and the stop behind,
 * which no line parts. */
export interface Stretch {
  tied: boolean;
  inlines: Inline[];
}

const LAST_LETTER = /\S\p{P}*\s*$/u;
const STOPS = /^[\p{Pe}\p{Pf}\p{Po}]+/u;

/** Every marker, tied to what it stands by. */
export function stretched(inlines: readonly Inline[]): Stretch[] {
  const stretches: Stretch[] = [];
  let rest = inlines.filter((inline, at) => !isSpace(inline) || inlines[at + 1]?.kind !== 'marker');
  for (let at = markerIn(rest); at >= 0; at = markerIn(rest)) {
    const [before, last] = cut(rest[at - 1], LAST_LETTER, 'end');
    const [stops, after] = cut(rest[at + 1], STOPS, 'start');
    const free = [...rest.slice(0, Math.max(0, at - 1)), ...before];
    if (free.length > 0) stretches.push({ tied: false, inlines: free });
    const tied = [...last.map(withoutSpace), ...rest.slice(at, at + 1), ...stops];
    stretches.push({ tied: true, inlines: tied });
    rest = [...after, ...rest.slice(at + 2)];
  }
  if (rest.length > 0) stretches.push({ tied: false, inlines: rest });
  return stretches;
}

/** A marker keeps its distance by itself: at a space a line breaks, tied or not. */
function isSpace(inline: Inline): boolean {
  return inline.kind === 'text' && inline.text.trim() === '';
}

function withoutSpace(inline: Inline): Inline {
  return inline.kind === 'text' ? { ...inline, text: inline.text.trimEnd() } : inline;
}

function markerIn(inlines: readonly Inline[]): number {
  return inlines.findIndex(({ kind }) => kind === 'marker');
}

/** A text in two where it matches, the match being what is tied. Anything else is not cut. */
function cut(inline: Inline | undefined, tie: RegExp, side: 'start' | 'end'): [Inline[], Inline[]] {
  if (!inline) return [[], []];
  const match = inline.kind === 'text' ? tie.exec(inline.text) : null;
  if (inline.kind !== 'text' || !match) return side === 'end' ? [[inline], []] : [[], [inline]];
  const edge = side === 'end' ? match.index : match[0].length;
  const part = (text: string): Inline[] => (text === '' ? [] : [{ ...inline, text }]);
  return [part(inline.text.slice(0, edge)), part(inline.text.slice(edge))];
}

/** Whether a sentence that is not borne out, or only in part, ends with these words. */
export function endsDoubt(inlines: readonly Inline[], at: number): boolean {
  const support = supportAt(inlines[at]);
  if (support !== 'partial' && support !== 'unsupported') return false;
  const next = inlines.slice(at + 1).find(({ kind }) => kind === 'text');
  return supportAt(next) !== support;
}

function supportAt(inline: Inline | undefined): Support | null {
  return inline?.kind === 'text' ? inline.support : null;
}

function tableOf(
  lines: readonly string[],
  start: number,
  support: readonly (Support | null)[],
): Table {
  const columns = cellsOf(lines[0] ?? '').length;
  let at = start;
  const [head = [], , ...rows] = lines.map((line) => {
    const cells = rowOf(line, columns).map((span) => cellOf(line, span, at, support));
    at += line.length + 1;
    return cells;
  });
  return { kind: 'table', aligns: alignsOf(lines[1] ?? '', columns), head, rows };
}

/** A bar after a backslash is a letter of the cell, the backslash is not. */
function cellOf(
  line: string,
  { from, to }: Span,
  start: number,
  support: readonly (Support | null)[],
): Inline[] {
  let words = '';
  const known: (Support | null)[] = [];
  for (let i = from; i < to; i++) {
    if (line.startsWith('\\|', i)) continue;
    words += line.charAt(i);
    known.push(support[start + i] ?? null);
  }
  return inlinesOf(words, 0, known);
}

function blockOf(line: string, start: number, support: readonly (Support | null)[]): Line {
  const item = ITEM.exec(line);
  const heading = HEADING.exec(line);
  const isItem = item !== null;
  const skip = isItem ? item[0].length : (heading?.[0].length ?? 0);
  return {
    kind: isItem ? 'item' : heading ? 'heading' : 'paragraph',
    bullet: isItem ? (item[2] ?? '•') : '',
    inlines: inlinesOf(line.slice(skip), start + skip, support),
  };
}

function inlinesOf(line: string, start: number, support: readonly (Support | null)[]): Inline[] {
  const inlines: Inline[] = [];
  let strong = false;
  let at = 0;
  const flush = (to: number) => {
    for (const [index, part] of line.slice(at, to).split('**').entries()) {
      if (index > 0) {
        strong = !strong;
        at += 2;
      }
      inlines.push(...runs(part, start + at, support, strong));
      at += part.length;
    }
  };
  for (const match of line.matchAll(MARKER)) {
    flush(match.index);
    inlines.push({ kind: 'marker', marker: Number(match[1]) });
    at = match.index + match[0].length;
  }
  flush(line.length);
  return inlines;
}

/** Words cut wherever the support changes. */
function runs(
  text: string,
  start: number,
  support: readonly (Support | null)[],
  strong: boolean,
): Inline[] {
  const found: Inline[] = [];
  let from = 0;
  for (let i = 1; i <= text.length; i++) {
    if (i < text.length && support[start + i] === support[start + from]) continue;
    found.push({
      kind: 'text',
      text: text.slice(from, i),
      support: support[start + from] ?? null,
      strong,
    });
    from = i;
  }
  return found;
}

/** Where a sentence stands in the text, its end excluded. */
export interface Place {
  from: number;
  to: number;
  support: Support;
}

/**
 * Sentences come without markers, so both sides are compared with markers, emphasis, the bars of
 * tables and white space folded away. One that is not found is left out.
 */
export function placesOf(text: string, sentences: readonly Sentence[]): Place[] {
  const { folded, origins } = fold(text);
  const places: Place[] = [];
  let cursor = 0;
  for (const { text: words, support } of sentences) {
    const wanted = fold(words).folded;
    const at = wanted === '' ? -1 : folded.indexOf(wanted, cursor);
    if (at < 0) continue;
    cursor = at + wanted.length;
    places.push({ from: origins[at] ?? 0, to: (origins[cursor - 1] ?? 0) + 1, support });
  }
  return places;
}

/** The support of the sentence each character belongs to. */
function supportByCharacter(text: string, sentences: readonly Sentence[]): (Support | null)[] {
  const support: (Support | null)[] = new Array<Support | null>(text.length).fill(null);
  for (const place of placesOf(text, sentences)) support.fill(place.support, place.from, place.to);
  return support;
}

function fold(text: string): { folded: string; origins: number[] } {
  const hidden = new Set<number>();
  for (const match of text.matchAll(MARKER)) {
    for (let i = 0; i < match[0].length; i++) hidden.add(match.index + i);
  }
  const origins: number[] = [];
  let folded = '';
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (hidden.has(i) || /[*|\\\s]/.test(character)) continue;
    folded += character;
    origins.push(i);
  }
  return { folded, origins };
}

/** Sentences and rows that ended already, for those who listen to the answer. */
export function finishedSentences(text: string): string[] {
  const plain = spokenLines(text.replace(MARKER, '')).join('\n');
  const parts = plain.split(/(?<=[。！？\n])|(?<=[.!?])\s+/);
  return parts.slice(0, -1).map((part) => part.trim());
}

/** Nobody hears the bars and dashes of a table. */
function spokenLines(text: string): string[] {
  const lines = text.split('\n');
  const roles = rolesOf(lines);
  return lines.flatMap((line, at) => {
    if (roles[at] === null) return [line];
    if (roles[at] === 'head' && roles[at - 1] === 'head') return [];
    const cells = cellsOf(line).map(({ from, to }) => line.slice(from, to).replaceAll('\\|', '|'));
    return [cells.filter(Boolean).join('; ')];
  });
}
