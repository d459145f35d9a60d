// A question being written: where its answer stands, and whether that can be kept.
// Deliberately not here: keeping it.
import type { Document } from '../backend';

export interface Draft {
  question: string;
  document: number | null;
  /** The first page with the answer, from 1; null while the field is empty. */
  first: number | null;
  /** The last; null means the first. */
  last: number | null;
}

/** A page of a document, as the reader shows it. */
export interface Place {
  document: number;
  page: number;
}

/** Why pages cannot be kept. */
export type PagesProblem = 'missing' | 'order' | 'beyond';

const SEARCHED: ReadonlySet<Document['status']> = new Set([
  'queued',
  'parsed',
  'embedded',
  'ready',
]);

export const emptyDraft = (): Draft => ({ question: '', document: null, first: null, last: null });

/** Documents whose passages a search finds. */
export function readable(documents: readonly Document[]): Document[] {
  return documents.filter(({ status, passages }) => SEARCHED.has(status) && passages > 0);
}

export function pagesOf({ first, last }: Pick<Draft, 'first' | 'last'>): [number, number] | null {
  return first === null ? null : [first, last ?? first];
}

/** What is the matter with pages of a document that has so many. */
export function pagesProblem(
  draft: Pick<Draft, 'first' | 'last'>,
  total: number,
): PagesProblem | null {
  const pages = pagesOf(draft);
  if (!pages?.every((page) => Number.isInteger(page) && page >= 1)) return 'missing';
  if (pages[1] > total) return 'beyond';
  return pages[0] > pages[1] ? 'order' : null;
}

/** The draft at the page the reader shows, if a question can be asked of its document. */
export function at(draft: Draft, place: Place | null, documents: readonly Document[]): Draft {
  if (!place || !readable(documents).some(({ id }) => id === place.document)) return draft;
  return { ...draft, document: place.document, first: place.page, last: place.page };
}

/** The draft for the next question: of the same document, whose page is still to be said. */
export function next(draft: Draft): Draft {
  return { ...emptyDraft(), document: draft.document };
}
