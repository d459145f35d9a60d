// The documents of a library as a person wants to see them: in an order, of one folder, with some words.
import type { Document } from '../backend';

export const ORDERS = ['added', 'newest', 'title'] as const;
export type Order = (typeof ORDERS)[number];

export interface View {
  order: Order;
  /** Of this folder and those below it; of all where it is empty. */
  folder: string;
  /** Words that stand in the title or the file's name. */
  words: string;
}

export interface Folder {
  path: string;
  /** Without what all have in common. */
  name: string;
}

/** What is shown, in its order. */
export function viewed(documents: readonly Document[], view: View, locale: string): Document[] {
  const words = view.words.trim().toLowerCase();
  const shown = documents.filter(
    ({ title, fileName, folder }) =>
      isWithin(folder, view.folder) && `${title} ${fileName}`.toLowerCase().includes(words),
  );
  if (view.order === 'newest') return shown.reverse();
  if (view.order === 'title') {
    const { compare } = new Intl.Collator(locale, { numeric: true });
    return shown.sort((a, b) => compare(a.title, b.title));
  }
  return shown;
}

/** The folders that documents lie in, by their names; none where it is one. */
export function foldersOf(documents: readonly Document[], locale: string): Folder[] {
  const paths = [...new Set(documents.map(({ folder }) => folder))];
  if (paths.length < 2) return [];
  const shared = commonStart(paths.map(partsOf));
  const { compare } = new Intl.Collator(locale, { numeric: true });
  return paths
    .map((path) => ({ path, name: partsOf(path).slice(shared).join('/') }))
    .filter(({ name }) => name !== '')
    .sort((a, b) => compare(a.name, b.name));
}

const partsOf = (path: string) => path.split(/[\\/]/);

function commonStart(all: string[][]): number {
  const [first = []] = all;
  const differs = first.findIndex((part, index) => all.some((parts) => parts[index] !== part));
  return differs < 0 ? first.length : differs;
}

function isWithin(folder: string, outer: string): boolean {
  if (outer === '' || folder === outer) return true;
  return folder.startsWith(outer) && /[\\/]/.test(folder.charAt(outer.length));
}
