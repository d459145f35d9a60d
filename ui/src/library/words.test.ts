import { expect, test } from 'vitest';
import { countWords, isTooLong } from './words';

test('every line that names something is counted, others are not', () => {
  const text = '# ours\n和义堂\n\n LLM = large language model＝大语言模型\n';
  expect(countWords(text)).toEqual({ things: 2, named: 1, leftOut: [] });
  expect(countWords('')).toEqual({ things: 0, named: 0, leftOut: [] });
});

test('what is no name is told by its line', () => {
  const long = '长'.repeat(61);
  expect(countWords(`LLM = ${long}\n${long}\n。\nLLM =`)).toEqual({
    things: 2,
    named: 0,
    leftOut: [1, 2, 3],
  });
});

test('a list has a length that is still read', () => {
  expect(isTooLong('词\n'.repeat(1000))).toBe(false);
  expect(isTooLong('词\n'.repeat(130_000))).toBe(true);
});
