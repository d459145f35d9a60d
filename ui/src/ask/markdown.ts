// Blocks of an answer written down again: as Markdown, and as plain text, which looks much the same.
// Deliberately not here: reading Markdown, which the engine does.
import type { AnswerBlock, Inline } from '../backend';
import type { List, Run, Table } from './segments';

/** How words are written, and a line as it stands for itself. */
interface Hand {
  run: (run: Run) => string;
  line: (line: string) => string;
}

const SIGNS = /[\\`*_<>[\]~|]/g;
/** Where a line would be taken for a point of a list or a heading. */
const OPENS = /^(?=[-+#=])|(?<=^\d+)(?=[.)]\s)/gm;
/** The two spaces keep what follows in the paragraph. */
const BREAK = '  \n';

const MARKDOWN: Hand = { run: emphasised, line: (line) => line.replace(OPENS, '\\') };
const PLAIN: Hand = { run: ({ text }) => text, line: (line) => line };

export function markdownOf(blocks: readonly AnswerBlock[]): string {
  return written(blocks, MARKDOWN);
}

export function plainOf(blocks: readonly AnswerBlock[]): string {
  return written(blocks, PLAIN);
}

function written(blocks: readonly AnswerBlock[], hand: Hand): string {
  return blocks.map((block) => blockOf(block, hand)).join('\n\n');
}

function blockOf(block: AnswerBlock, hand: Hand): string {
  switch (block.kind) {
    case 'paragraph':
      return hand.line(lineOf(block.text, hand));
    case 'heading':
      return `${'#'.repeat(block.level)} ${unbroken(lineOf(block.text, hand))}`;
    case 'list':
      return listOf(block, hand);
    case 'quote':
      return written(block.blocks, hand).replace(/^/gm, '> ');
    case 'code': {
      const fence = ticksAround(block.text, 3);
      return [fence, block.text, fence].join('\n');
    }
    case 'table':
      return tableOf(block, hand);
    case 'rule':
      return '---';
  }
}

function listOf({ start, items }: List, hand: Hand): string {
  const points = items.map((item, at) => {
    const bullet = start === null ? '- ' : `${start + at}. `;
    const inside = item.map((block, i) => `${spaceBefore(block, i)}${blockOf(block, hand)}`);
    const indented = inside.join('').replace(/\n(?=.)/g, `\n${' '.repeat(bullet.length)}`);
    return `${bullet}${indented}`.trimEnd();
  });
  return points.join('\n');
}

/** A list within a point follows its words at once. */
function spaceBefore({ kind }: AnswerBlock, at: number): string {
  if (at === 0) return '';
  return kind === 'list' ? '\n' : '\n\n';
}

function tableOf({ rows: [head = [], ...rows], aligns }: Table, hand: Hand): string {
  const dashes = { left: '---', center: ':-:', right: '--:' };
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  const words = (row: Inline[][]) => line(row.map((cell) => cellOf(cell, hand)));
  return [words(head), line(aligns.map((align) => dashes[align])), ...rows.map(words)].join('\n');
}

function cellOf(cell: readonly Inline[], hand: Hand): string {
  return unbroken(lineOf(cell, hand)).replace(/(?<!\\)\|/g, '\\|');
}

function unbroken(line: string): string {
  return line.replaceAll(BREAK, ' ');
}

function lineOf(line: readonly Inline[], hand: Hand): string {
  const words = joined(line).map((inline) => {
    if (inline.kind === 'marker') return `[${inline.marker}]`;
    return inline.kind === 'break' ? BREAK : hand.run(inline);
  });
  return words.join('').trim();
}

/** Words in one face are written in one go, whatever sentences they are of. */
function joined(line: readonly Inline[]): Inline[] {
  return line.reduce<Inline[]>((all, inline) => {
    const last = all.at(-1);
    if (inline.kind !== 'run' || last?.kind !== 'run') return [...all, inline];
    if (faceOf(last) !== faceOf(inline)) return [...all, inline];
    return [...all.slice(0, -1), { ...last, text: last.text + inline.text }];
  }, []);
}

function faceOf({ bold, italic, strike, code }: Run): string {
  return [bold, italic, strike, code].join();
}

/** No emphasis begins or ends at a space. */
function emphasised({ text, bold, italic, strike, code }: Run): string {
  const words = text.trim();
  if (words === '') return text;
  const signs = [bold ? '**' : '', italic ? '*' : '', strike ? '~~' : ''];
  const inside = code ? codeOf(words) : words.replace(SIGNS, '\\$&');
  return text.replace(words, () => `${signs.join('')}${inside}${signs.toReversed().join('')}`);
}

function codeOf(words: string): string {
  const ticks = ticksAround(words, 1);
  const space = /^`|`$/.test(words) ? ' ' : '';
  return `${ticks}${space}${words}${space}${ticks}`;
}

/** More of them than stand in a row in the code itself. */
function ticksAround(code: string, least: number): string {
  const inside = [...code.matchAll(/`+/g)].map(([ticks]) => ticks.length + 1);
  return '`'.repeat(Math.max(least, ...inside));
}
