import { expect, test } from 'vitest';
import { currentPage, fitScale, layout, pixelRatio, totalHeight, visible } from './layout';

const sizes = [
  { width: 600, height: 800 },
  { width: 800, height: 600 },
  { width: 600, height: 800 },
];

test('pages stand below each other with gaps', () => {
  const boxes = layout(sizes, 0.5);
  expect(boxes.map(({ top }) => top)).toEqual([24, 448, 772]);
  expect(totalHeight(boxes)).toBe(1196);
  expect(totalHeight([])).toBe(0);
});

test('only pages in sight are drawn', () => {
  const boxes = layout(sizes, 0.5);
  expect(visible(boxes, 0, 100).map(({ page }) => page)).toEqual([1]);
  expect(visible(boxes, 400, 500).map(({ page }) => page)).toEqual([1, 2]);
});

test('the current page is the one a third down', () => {
  const boxes = layout(sizes, 0.5);
  expect(currentPage(boxes, 0, 300)).toBe(1);
  expect(currentPage(boxes, 350, 300)).toBe(2);
  expect(currentPage(boxes, 900, 300)).toBe(3);
});

test('the widest page fits', () => {
  expect(fitScale(sizes, 432)).toBe(0.5);
});

test('a poster does not outgrow its canvas', () => {
  expect(pixelRatio({ width: 600, height: 800 }, 2)).toBe(2);
  expect(pixelRatio({ width: 20_000, height: 20_000 }, 2)).toBeCloseTo(0.2);
});
