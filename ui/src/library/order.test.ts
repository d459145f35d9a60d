import { expect, test } from 'vitest';
import { documentOf } from '../../test/fixtures';
import { foldersOf, viewed, type View } from './order';

const documents = [
  documentOf({ id: 1, title: 'Beta 10', fileName: 'b.pdf', folder: '/a/papers/2024' }),
  documentOf({ id: 2, title: 'alpha', fileName: 'a.pdf', folder: '/a/papers' }),
  documentOf({ id: 3, title: 'Beta 9', fileName: 'c.pdf', folder: '/a/papers2' }),
];
const shown = (view: Partial<View>) =>
  viewed(documents, { order: 'added', folder: '', words: '', ...view }, 'en').map(({ id }) => id);

test('an order, a folder with those below it, and words narrow the list', () => {
  expect(shown({})).toEqual([1, 2, 3]);
  expect(shown({ order: 'newest' })).toEqual([3, 2, 1]);
  expect(shown({ order: 'title' })).toEqual([2, 3, 1]);
  expect(shown({ folder: '/a/papers' })).toEqual([1, 2]);
  expect(shown({ folder: '/a/papers', words: 'B.PDF ' })).toEqual([1]);
});

test('folders are named without what they share, and need no choice where there is one', () => {
  expect(foldersOf(documents, 'en').map(({ name }) => name)).toEqual([
    'papers',
    'papers/2024',
    'papers2',
  ]);
  expect(foldersOf(documents.slice(0, 1), 'en')).toEqual([]);
  const below = [documents[0], documents[1]].filter((d) => d !== undefined);
  expect(foldersOf(below, 'en')).toEqual([{ path: '/a/papers/2024', name: '2024' }]);
});
