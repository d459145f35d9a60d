// What of an answer is shown where sentences that nothing bears out are to be hidden.
import type { AnswerBlock, Inline, Sentence } from '../backend';
import type { List, Table } from './segments';

export interface Shown {
  blocks: AnswerBlock[];
  /** How many sentences were left out. */
  hidden: number;
}

/** Whether a sentence, by its number, is left out. */
type Gone = (sentence: number | null) => boolean;

const WORDS = /[\p{L}\p{N}]/u;

export function withoutUnsupported(
  blocks: readonly AnswerBlock[],
  sentences: readonly Sentence[],
): Shown {
  const gone: Gone = (sentence) => sentences[sentence ?? -1]?.support === 'unsupported';
  const hidden = sentences.filter((_, number) => gone(number)).length;
  return { blocks: hidden > 0 ? blocksLeft(blocks, gone) : [...blocks], hidden };
}

function blocksLeft(blocks: readonly AnswerBlock[], gone: Gone): AnswerBlock[] {
  return blocks.flatMap((block) => left(block, gone));
}

function left(block: AnswerBlock, gone: Gone): AnswerBlock[] {
  switch (block.kind) {
    case 'paragraph':
    case 'heading': {
      const text = lineLeft(block.text, gone);
      return isBare([block.text], [text]) ? [] : [{ ...block, text }];
    }
    case 'list':
      return listsLeft(block, gone);
    case 'quote': {
      const blocks = blocksLeft(block.blocks, gone);
      return blocks.length > 0 ? [{ ...block, blocks }] : [];
    }
    case 'table':
      return [{ ...block, rows: rowsLeft(block, gone) }];
    case 'code':
      return gone(block.sentence) ? [] : [block];
    case 'rule':
      return [block];
  }
}

/** A numbered point keeps its number, so its list is parted where one before it goes. */
function listsLeft({ kind, start, items }: List, gone: Gone): List[] {
  const lists: List[] = [];
  for (const [at, item] of items.entries()) {
    const blocks = blocksLeft(item, gone);
    if (blocks.length === 0 && item.length > 0) continue;
    const list = lists.at(-1);
    const number = start === null ? null : start + at;
    if (list && (number === null || number === numberAfter(list))) list.items.push(blocks);
    else lists.push({ kind, start: number, items: [blocks] });
  }
  return lists;
}

function numberAfter({ start, items }: List): number {
  return (start ?? 0) + items.length;
}

/** The head stays, whatever it says. */
function rowsLeft({ rows: [head = [], ...rows] }: Table, gone: Gone): Inline[][][] {
  const left = rows.flatMap((row) => {
    const cells = row.map((cell) => lineLeft(cell, gone));
    return isBare(row, cells) ? [] : [cells];
  });
  return [head, ...left];
}

/** The space after a sentence goes with it, and so does the one at the end that is left. */
function lineLeft(line: Inline[], gone: Gone): Inline[] {
  let going = false;
  const left = line.filter((inline) => {
    going = (inline.kind !== 'break' && gone(inline.sentence)) || (going && isSpace(inline));
    return !going;
  });
  if (left.length === line.length) return line;
  return left.slice(0, left.findLastIndex((inline) => !isSpace(inline)) + 1);
}

function isSpace(inline: Inline): boolean {
  return inline.kind === 'break' || (inline.kind === 'run' && inline.text.trim() === '');
}

/** Whether words went, and no word is left. */
function isBare(before: readonly Inline[][], after: readonly Inline[][]): boolean {
  const changed = after.some((line, at) => line !== before[at]);
  return (
    changed && !after.flat().some((inline) => inline.kind === 'run' && WORDS.test(inline.text))
  );
}
