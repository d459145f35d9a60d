// A library's own words as they are written: a line for each, names of one thing parted by `=`. Read
// here only to say what was understood; searches read them for themselves.

/** Longer names are no words; see `word_list.rs`. */
export const LONGEST_NAME = 60;
/** Longer lists are refused, in bytes; see `documents.rs`. */
const LONGEST_LIST = 500_000;

export interface WordCount {
  /** Lines that name something. */
  things: number;
  /** Of these, lines with other names. */
  named: number;
  /** Lines, from 1, with something that is no name and is left out. */
  leftOut: number[];
}

export function countWords(text: string): WordCount {
  const count: WordCount = { things: 0, named: 0, leftOut: [] };
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const written = line.split(/[=＝]/).map((name) => name.trim());
    const names = written.filter(isName);
    if (names.length > 0) count.things += 1;
    if (names.length > 1) count.named += 1;
    if (names.length < written.filter(Boolean).length) count.leftOut.push(index + 1);
  }
  return count;
}

export function isTooLong(text: string): boolean {
  return new TextEncoder().encode(text).length > LONGEST_LIST;
}

function isName(text: string): boolean {
  return /[\p{Alphabetic}\p{N}]/u.test(text) && Array.from(text).length <= LONGEST_NAME;
}
