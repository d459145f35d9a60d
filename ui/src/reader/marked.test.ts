import { expect, test } from 'vitest';
import { marked } from './marked';

const shown = (text: string, marks: [number, number][]) =>
  marked(text, marks)
    .map(({ text: part, quoted }) => (quoted ? `[${part}]` : part))
    .join('');

test('what is quoted stands apart, whatever the order', () => {
  expect(
    shown('one two three', [
      [8, 13],
      [0, 3],
    ]),
  ).toBe('[one] two [three]');
  expect(shown('one two', [])).toBe('one two');
});

test('marks that touch or overlap are one', () => {
  expect(
    shown('one two', [
      [0, 3],
      [3, 5],
      [4, 7],
    ]),
  ).toBe('[one two]');
  expect(shown('one', [[1, 99]])).toBe('o[ne]');
});
