// What of an answer is shown where sentences that nothing bears out are to be hidden.
import type { Sentence } from '../backend';
import { placesOf } from './segments';

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

function linesLeft(text: string, gone: readonly boolean[]): string[] {
  let start = 0;
  return text.split('\n').flatMap((line) => {
    const from = start;
    start += line.length + 1;
    const left = [...Array(line.length).keys()].filter((at) => !gone[from + at]);
    const words = left.map((at) => line.charAt(at)).join('');
    return left.length < line.length && BARE.test(words) ? [] : [words];
  });
}
