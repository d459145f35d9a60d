import { expect, test } from 'vitest';
import { outcomeOf, runOf } from '../../test/own';
import { changed, differing, pairsOf, worstFirst } from './outcomes';

test('what was not found comes first, then the latest', () => {
  const ranks = [1, null, 3, null, 12].map((rank, index) => outcomeOf(index + 1, rank));
  expect(worstFirst(ranks).map(({ question }) => question)).toEqual([2, 4, 5, 3, 1]);
});

test('two runs are compared on the questions both asked', () => {
  const first = runOf(1, [1, 4, null]);
  const second = runOf(2, [1, 1, 9, 2]);
  const pairs = pairsOf(first, second);
  expect(pairs.map(({ before, after }) => [before, after])).toEqual([
    [1, 1],
    [4, 1],
    [null, 9],
  ]);
});

test('only changed ranks are shown, losses first', () => {
  const pairs = pairsOf(runOf(1, [1, 4, 2, null, 3]), runOf(2, [1, 1, null, 20, 5]));
  expect(differing(pairs).map(({ outcome }) => outcome.question)).toEqual([3, 5, 4, 2]);
});

test('a change counts for the metrics it moves', () => {
  const pairs = pairsOf(runOf(1, [1, 4, 12, null]), runOf(2, [2, 3, null, 15]));
  expect(changed(pairs, 'recall1')).toBe(1);
  expect(changed(pairs, 'recall5')).toBe(0);
  expect(changed(pairs, 'recall10')).toBe(0);
  expect(changed(pairs, 'mrr10')).toBe(2);
});
