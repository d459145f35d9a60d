// What is ticked where a scope is put together, and the rows one ticks it in. A library is ticked as
// a whole; its documents are ticked with it.
import type { Document, Library, Scope } from '../backend';
import { choiceOf, documentsIn, scopeOf, type ScopeChoice } from '../shared/scope';

export interface Ticks {
  libraries: ReadonlySet<number>;
  /** One by one: none of a library that is ticked as a whole. */
  documents: ReadonlySet<number>;
}

export const NO_TICKS: Ticks = { libraries: new Set(), documents: new Set() };

/** What a choice has ticked of what is there. */
export function ticksOf(
  choice: ScopeChoice,
  libraries: readonly Library[],
  documents: readonly Document[],
): Ticks {
  const scope = scopeOf(choiceOf(scopeOf(choice), libraries, documents));
  if (scope.documents.length === 0) return { ...NO_TICKS, libraries: new Set(scope.libraries) };
  const ids = documentsIn(scope, documents).map(({ id }) => id);
  return { ...NO_TICKS, documents: new Set(ids) };
}

export function tickedScope({ libraries, documents }: Ticks): Scope {
  return { libraries: [...libraries], documents: [...documents] };
}

export function isTicked({ libraries, documents }: Ticks, { id, library }: Document): boolean {
  return libraries.has(library) || documents.has(id);
}

/** Ticks a library as a whole, or nothing of it. */
export function libraryToggled(ticks: Ticks, library: number, inside: readonly Document[]): Ticks {
  const libraries = new Set(ticks.libraries);
  const documents = new Set(ticks.documents);
  if (!libraries.delete(library)) libraries.add(library);
  for (const { id } of inside) documents.delete(id);
  return { libraries, documents };
}

/** Ticks a document or not; taken out of a whole library, the others of it stay ticked. */
export function documentToggled(
  ticks: Ticks,
  { id, library }: Document,
  inside: readonly Document[],
): Ticks {
  const libraries = new Set(ticks.libraries);
  const documents = new Set(ticks.documents);
  if (libraries.delete(library)) for (const other of inside) documents.add(other.id);
  if (!documents.delete(id)) documents.add(id);
  return { libraries, documents };
}

/** Whether two choices ask for the same, in whatever order. */
export function sameTicks(a: Ticks, b: Ticks): boolean {
  const same = (one: ReadonlySet<number>, other: ReadonlySet<number>) =>
    one.size === other.size && [...one].every((id) => other.has(id));
  return same(a.libraries, b.libraries) && same(a.documents, b.documents);
}

/** A library and what is shown of its documents. */
export interface Shelf {
  library: Library;
  inside: Document[];
  shown: Document[];
}

/** What fits the filter: documents by title or file, libraries by name; those that are open show all
 * they have where nothing is filtered. */
export function shelvesOf(
  libraries: readonly Library[],
  documents: readonly Document[],
  filter: string,
  open: ReadonlySet<number>,
): Shelf[] {
  const words = filter.trim().toLowerCase();
  const fits = (text: string) => text.toLowerCase().includes(words);
  return libraries.flatMap((library) => {
    const all = documents.filter((document) => document.library === library.id);
    const found = all.filter(({ title, fileName }) => fits(`${title} ${fileName}`));
    if (words !== '' && found.length > 0) return [{ library, inside: all, shown: found }];
    if (!fits(library.name)) return [];
    return [{ library, inside: all, shown: open.has(library.id) ? all : [] }];
  });
}
