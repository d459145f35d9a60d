import { expect, test } from 'vitest';
import { Selection } from './selection.svelte';

test('documents are chosen one by one and from one to another', () => {
  const selection = new Selection();
  const shown = [5, 3, 8, 1, 9];
  selection.toggle(3);
  selection.extend(1, shown);
  expect([...selection.ids]).toEqual([3, 8, 1]);
  selection.toggle(8);
  expect([...selection.ids]).toEqual([3, 1]);
  selection.extend(5, shown);
  expect([...selection.ids].sort()).toEqual([1, 3, 5, 8]);
  selection.clear();
  selection.extend(9, shown);
  expect([...selection.ids]).toEqual([9]);
});
