import { expect, test } from 'vitest';
import type { PageKind } from '../shared/pages';
import { cellsOf, extended, MOST_ROWS, pageOf, rowsOf, SMALLEST, step, stripLayout } from './strip';
import { toggled, toggledAll } from './strip';

const WIDTHS = [80, 260, 420, 640];

test('every page has a place, in few rows and within the width', () => {
  for (const width of WIDTHS) {
    for (const pages of [1, 2, 40, 333, 1600, 20_000]) {
      const { cell, gap, columns, pagesPerCell } = stripLayout(pages, width);
      expect(cell).toBeGreaterThanOrEqual(SMALLEST);
      expect(columns * (cell + gap)).toBeLessThanOrEqual(width + gap);
      expect(columns * MOST_ROWS * pagesPerCell).toBeGreaterThanOrEqual(pages);
    }
  }
});

test('few pages have large cells, and only many share one', () => {
  expect(stripLayout(40, 480)).toEqual({ pagesPerCell: 1, columns: 20, cell: 16, gap: 2 });
  expect(stripLayout(800, 480)).toMatchObject({ pagesPerCell: 1 });
  expect(stripLayout(1600, 480)).toMatchObject({ pagesPerCell: 2, cell: SMALLEST });
});

test('a shared cell shows the gravest of its pages and leads to it', () => {
  const kinds: PageKind[] = ['text', 'text', 'text', 'failed', 'needs_ocr'];
  const cells = cellsOf(kinds, 2);
  expect(cells).toEqual([
    { from: 1, to: 2, kind: 'text' },
    { from: 3, to: 4, kind: 'failed' },
    { from: 5, to: 5, kind: 'needs_ocr' },
  ]);
  expect(cells.map((cell) => pageOf(cell, kinds))).toEqual([1, 4, 5]);
});

test('rows are cut where they are full', () => {
  const cells = cellsOf(
    Array.from({ length: 5 }, () => 'text' as const),
    1,
  );
  expect(rowsOf(cells, 2).map(({ first, cells }) => [first, cells.length])).toEqual([
    [0, 2],
    [2, 2],
    [4, 1],
  ]);
});

test('arrow keys walk the grid and stop at its edges', () => {
  expect(step('ArrowRight', 1, 5, 2)).toBe(2);
  expect(step('ArrowLeft', 0, 5, 2)).toBe(0);
  expect(step('ArrowDown', 1, 5, 2)).toBe(3);
  expect(step('ArrowDown', 3, 5, 2)).toBe(3);
  expect(step('ArrowUp', 3, 5, 2)).toBe(1);
  expect(step('Home', 3, 5, 2)).toBe(0);
  expect(step('End', 0, 5, 2)).toBe(4);
  expect(step('x', 0, 5, 2)).toBeNull();
});

test('pages are chosen one by one, by range and by kind', () => {
  const cell = (from: number, to = from) => ({ from, to, kind: 'text' as const });
  const one = toggled(new Set(), cell(3, 4));
  expect([...one]).toEqual([3, 4]);
  expect([...toggled(one, cell(3, 4))]).toEqual([]);
  expect([...toggled(new Set([3]), cell(3, 4))]).toEqual([3, 4]);
  expect([...extended(one, cell(8), cell(6))].sort()).toEqual([3, 4, 6, 7, 8]);
  expect([...toggledAll(new Set([1, 2]), [2, 5])]).toEqual([1, 2, 5]);
  expect([...toggledAll(new Set([1, 2, 5]), [2, 5])]).toEqual([1]);
});
