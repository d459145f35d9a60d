// What of a quotation is other words now. The comparison itself is the library's.
import { diffWordsWithSpace } from 'diff';

export interface Part {
  text: string;
  added: boolean;
  removed: boolean;
}

/** The words of both, in order, each as it stands in one or in both. */
export function differences(before: string, now: string, locale: string): Part[] {
  // Chinese is written without spaces: what a word is, the language says.
  const intlSegmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  return diffWordsWithSpace(before, now, { intlSegmenter }).map(({ value, added, removed }) => ({
    text: value,
    added,
    removed,
  }));
}
