// An answer's text as the window draws it: the lines of its blocks, and what of a line belongs together.
// How the text is laid out in blocks, the engine says.
import type { AnswerBlock, Inline, Sentence } from '../backend';

export type Support = Sentence['support'];
export type Run = Extract<Inline, { kind: 'run' }>;
export type Marker = Extract<Inline, { kind: 'marker' }>;
export type List = Extract<AnswerBlock, { kind: 'list' }>;
export type Table = Extract<AnswerBlock, { kind: 'table' }>;
export type Code = Extract<AnswerBlock, { kind: 'code' }>;

/** The question is the heading above all of them. */
export function headingTag(level: number): string {
  return `h${Math.max(3, level)}`;
}

/** Everything a block says, in reading order: its lines, those of what it holds, the cells of a table,
 * and code, which has none. */
export function saidIn(block: AnswerBlock): (Inline[] | Code)[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading':
      return [block.text];
    case 'list':
      return block.items.flat().flatMap(saidIn);
    case 'quote':
      return block.blocks.flatMap(saidIn);
    case 'table':
      return block.rows.flat();
    case 'code':
      return [block];
    case 'rule':
      return [];
  }
}

/** Of every marker the first place it stands at. */
export function firstMarkers(blocks: readonly AnswerBlock[]): Set<Inline> {
  const first = new Map<number, Inline>();
  for (const said of blocks.flatMap(saidIn)) {
    for (const inline of inlinesOf(said)) {
      if (inline.kind === 'marker' && !first.has(inline.marker)) first.set(inline.marker, inline);
    }
  }
  return new Set(first.values());
}

/** What was written last: where the caret stands. */
export function lastSaid(blocks: readonly AnswerBlock[]): Inline[] | Code | undefined {
  const said = blocks.flatMap(saidIn);
  return said.findLast((one) => !Array.isArray(one) || one.length > 0) ?? said[0];
}

/** Code is a line of no inlines. */
function inlinesOf(said: Inline[] | Code): Inline[] {
  return Array.isArray(said) ? said : [];
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
  return inline.kind === 'run' && inline.text.trim() === '';
}

function withoutSpace(inline: Inline): Inline {
  return inline.kind === 'run' ? { ...inline, text: inline.text.trimEnd() } : inline;
}

function markerIn(inlines: readonly Inline[]): number {
  return inlines.findIndex(({ kind }) => kind === 'marker');
}

/** A run in two where it matches, the match being what is tied. Anything else is not cut. */
function cut(inline: Inline | undefined, tie: RegExp, side: 'start' | 'end'): [Inline[], Inline[]] {
  if (!inline) return [[], []];
  const match = inline.kind === 'run' ? tie.exec(inline.text) : null;
  if (inline.kind !== 'run' || !match) return side === 'end' ? [[inline], []] : [[], [inline]];
  const edge = side === 'end' ? match.index : match[0].length;
  const part = (text: string): Inline[] => (text === '' ? [] : [{ ...inline, text }]);
  return [part(inline.text.slice(0, edge)), part(inline.text.slice(edge))];
}

/** Whether no words of the same sentence stand before these in their line. */
export function beginsSentence(inlines: readonly Inline[], at: number): boolean {
  return isAlone(inlines[at], inlines.slice(0, at));
}

/** Whether none stand behind them. */
export function endsSentence(inlines: readonly Inline[], at: number): boolean {
  return isAlone(inlines[at], inlines.slice(at + 1));
}

function isAlone(inline: Inline | undefined, others: readonly Inline[]): boolean {
  const sentence = sentenceOf(inline);
  return sentence !== null && others.every((other) => sentenceOf(other) !== sentence);
}

function sentenceOf(inline: Inline | undefined): number | null {
  return inline?.kind === 'run' ? inline.sentence : null;
}

/** Whether a sentence that is not borne out, or only in part, ends with these words. */
export function endsDoubt(
  inlines: readonly Inline[],
  at: number,
  sentences: readonly Sentence[],
): boolean {
  const support = sentences[sentenceOf(inlines[at]) ?? -1]?.support;
  const doubted = support === 'partial' || support === 'unsupported';
  return doubted && endsSentence(inlines, at);
}

/** Sentences that ended already, for those who listen to the answer: all but the last. */
export function finishedSentences(blocks: readonly AnswerBlock[]): string[] {
  const parts = new Map<number, string[]>();
  for (const [sentence, words] of blocks.flatMap(saidIn).flatMap(wordsOf)) {
    parts.set(sentence, [...(parts.get(sentence) ?? []), words]);
  }
  const last = Math.max(...parts.keys());
  const finished = [...parts].filter(([sentence]) => sentence !== last);
  // Nobody hears the bars between the cells of a row.
  return finished.map(([, words]) => words.filter(Boolean).join('; '));
}

/** What of each sentence stands in a line. */
function wordsOf(said: Inline[] | Code): [number, string][] {
  if (!Array.isArray(said)) return said.sentence === null ? [] : [[said.sentence, said.text]];
  const words = new Map<number, string>();
  for (const inline of said) {
    const sentence = sentenceOf(inline);
    if (inline.kind !== 'run' || sentence === null) continue;
    words.set(sentence, (words.get(sentence) ?? '') + inline.text);
  }
  return [...words].map(([sentence, text]) => [sentence, text.trim()]);
}
