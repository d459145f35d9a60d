// What of an answer is shown where sentences that nothing bears out are to be hidden.
import type { Sentence } from '../backend';
import { placesOf } from './segments';
import { barsOf, rolesOf } from './tables';

/** Markers that follow a sentence belong to it, and so does the space after it. */
const TRAIL = /^(?:[ \t]*\[\d{1,3}\])*[ \t]*/;
/** What is left of a line whose words are gone: its bullet, its emphasis. */
const BARE = /^[\s*•-]*(?:\d{1,2}[.)、])?[\s*]*$/;

export interface Shown {
  text: string;
  /** How many sentences were left out. */
  hidden: number;
}

export function withoutUnsupported(text: string, sentences: readonly Sentence[]): Shown {
  const cut = placesOf(text, sentences).filter(({ support }) => support === 'unsupported');
  if (cut.length === 0) return { text, hidden: 0 };
  const gone = new Array<boolean>(text.length).fill(false);
  for (const { from, to } of cut) {
    const trail = TRAIL.exec(text.slice(to))?.[0].length ?? 0;
    gone.fill(true, from, to + trail);
  }
  return { text: linesLeft(text, gone).join('\n').trimEnd(), hidden: cut.length };
}

/** The head of a table stays, and so do the bars of its rows, as long as there is a word between. */
function linesLeft(text: string, gone: readonly boolean[]): string[] {
  const lines = text.split('\n');
  const roles = rolesOf(lines);
  let start = 0;
  return lines.flatMap((line, number) => {
    const from = start;
    start += line.length + 1;
    if (roles[number] === 'head') return [line];
    const bars = new Set(roles[number] === 'row' ? barsOf(line) : []);
    const left = [...Array(line.length).keys()].filter((at) => bars.has(at) || !gone[from + at]);
    const words = left.map((at) => line.charAt(at)).join('');
    const bare = BARE.test(bars.size > 0 ? words.replaceAll('|', ' ') : words);
    return left.length < line.length && bare ? [] : [words];
  });
}
