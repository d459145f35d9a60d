// Where the cells of a strip of pages stand, which pages each of them is, and what keys and clicks
// do to its selection. Deliberately not here: how a cell looks.
import { gravest, type PageKind } from '../shared/pages';

export interface StripLayout {
  /** Pages a cell stands for; more than one only where cells would be under `SMALLEST` wide. */
  pagesPerCell: number;
  /** Cells a row. */
  columns: number;
  /** Width of a cell in CSS pixels. */
  cell: number;
  /** Between two cells of a row. */
  gap: number;
}

/** Pages from `from` to `to`, shown as one. */
export interface Cell {
  from: number;
  to: number;
  kind: PageKind;
}

/** Widths of a cell, from the one that is easiest to hit. */
const SIZES = [16, 12, 9, 7, 5, 4, 3];
/** Narrower than this, colours and patterns can no longer be told apart: pages are merged. */
export const SMALLEST = 3;
/** A strip higher than this pushes what is said about it out of sight. */
export const MOST_ROWS = 8;

const gapOf = (size: number) => (size >= 7 ? 2 : 1);

/** Cells that fit a row: whole tens where there are many, so that rows begin at round pages. */
function fitting(width: number, size: number, gap: number): number {
  const most = Math.max(1, Math.floor((width + gap) / (size + gap)));
  return most >= 20 ? most - (most % 10) : most;
}

/** The widest cells that show `pages` in `width` without too many rows. */
export function stripLayout(pages: number, width: number): StripLayout {
  for (const cell of SIZES) {
    const gap = gapOf(cell);
    const columns = fitting(width, cell, gap);
    if (pages <= columns * MOST_ROWS) return { pagesPerCell: 1, columns, cell, gap };
  }
  const columns = fitting(width, SMALLEST, gapOf(SMALLEST));
  const pagesPerCell = Math.ceil(pages / (columns * MOST_ROWS));
  return { pagesPerCell, columns, cell: SMALLEST, gap: gapOf(SMALLEST) };
}

export function cellsOf(kinds: readonly PageKind[], pagesPerCell: number): Cell[] {
  return Array.from({ length: Math.ceil(kinds.length / pagesPerCell) }, (_, index) => {
    const from = index * pagesPerCell;
    const inside = kinds.slice(from, from + pagesPerCell);
    return { from: from + 1, to: from + inside.length, kind: gravest(inside) };
  });
}

/** The rows of a strip, each with the position of its first cell. */
export function rowsOf(
  cells: readonly Cell[],
  columns: number,
): { first: number; cells: Cell[] }[] {
  return Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) => ({
    first: row * columns,
    cells: cells.slice(row * columns, (row + 1) * columns),
  }));
}

/** The page a cell leads to: the first of those that give it its kind. */
export function pageOf({ from, to, kind }: Cell, kinds: readonly PageKind[]): number {
  const at = kinds.slice(from - 1, to).indexOf(kind);
  return from + Math.max(0, at);
}

/** Where a key leads from a cell; null where it is not a key of the strip. */
export function step(key: string, at: number, count: number, columns: number): number | null {
  const target = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - columns,
    ArrowDown: at + columns,
    Home: 0,
    End: count - 1,
  }[key];
  if (target === undefined) return null;
  // Up from the first row and down from the last stay: a jump sideways would surprise.
  return target < 0 || target >= count ? at : target;
}

/** What is chosen of the pages. */
export type Selection = ReadonlySet<number>;

const pagesOf = ({ from, to }: Pick<Cell, 'from' | 'to'>) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

/** A cell's pages in or out: out only when all of them were in. */
export function toggled(selection: Selection, cell: Pick<Cell, 'from' | 'to'>): Selection {
  const pages = pagesOf(cell);
  const next = new Set(selection);
  const all = pages.every((page) => next.has(page));
  for (const page of pages) {
    if (all) next.delete(page);
    else next.add(page);
  }
  return next;
}

/** Every page from one cell to another, in either direction, added. */
export function extended(selection: Selection, a: Cell, b: Cell): Selection {
  const range = { from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
  return new Set([...selection, ...pagesOf(range)]);
}

/** Pages of one kind in or out, as a legend's entry does. */
export function toggledAll(selection: Selection, pages: readonly number[]): Selection {
  const all = pages.every((page) => selection.has(page));
  if (!all) return new Set([...selection, ...pages]);
  const gone = new Set(pages);
  return new Set([...selection].filter((page) => !gone.has(page)));
}
