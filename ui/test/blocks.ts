// Answers laid out as the engine does, for tests of what the window makes of them.
import type { AnswerBlock, Inline, Sentence } from '../src/backend';

type Run = Extract<Inline, { kind: 'run' }>;

export const BREAK: Inline = { kind: 'break' };

export function run(text: string, over: Partial<Run> = {}): Run {
  const face = { bold: false, italic: false, strike: false, code: false };
  return { kind: 'run', text, ...face, sentence: null, ...over };
}

/** Words and, as numbers, markers of one sentence; of none where its number is `null`. */
export function said(sentence: number | null, ...parts: (string | number)[]): Inline[] {
  return parts.map((part) =>
    typeof part === 'string' ? run(part, { sentence }) : { kind: 'marker', marker: part, sentence },
  );
}

export function paragraph(...parts: Inline[][]): AnswerBlock {
  return { kind: 'paragraph', text: parts.flat() };
}

export function heading(level: number, ...parts: Inline[][]): AnswerBlock {
  return { kind: 'heading', level, text: parts.flat() };
}

/** Numbered from `start`, or with bullets where that is `null`. */
export function list(start: number | null, ...items: AnswerBlock[][]): AnswerBlock {
  return { kind: 'list', start, items };
}

export function quote(...blocks: AnswerBlock[]): AnswerBlock {
  return { kind: 'quote', blocks };
}

export function code(text: string, sentence: number | null = null): AnswerBlock {
  return { kind: 'code', text, sentence };
}

/** Every column to the left but the last, which is set to the right. */
export function table(...rows: Inline[][][]): AnswerBlock {
  const columns = rows[0]?.length ?? 0;
  const aligns = Array.from({ length: columns }, (_, column) =>
    column > 0 && column === columns - 1 ? ('right' as const) : ('left' as const),
  );
  return { kind: 'table', aligns, rows };
}

export function sentencesOf(...all: Sentence['support'][]): Sentence[] {
  return all.map((support, number) => {
    const text = `sentence ${number}`;
    return { text, markers: [], support, origin: 'model' };
  });
}
