import { expect, test } from 'vitest';
import { documentOf } from '../../test/fixtures';
import {
  documentToggled,
  isTicked,
  libraryToggled,
  NO_TICKS,
  sameTicks,
  shelvesOf,
  tickedScope,
  ticksOf,
} from './ticks';

const libraries = ['合同', '论文'].map((name, index) => ({
  id: index + 1,
  name,
  documents: 2,
  ready: 2,
  pages: 1,
  passages: 1,
}));
const documents = ['租约', '保单', 'Kettles', 'Teapots'].map((title, index) =>
  documentOf({ id: index + 1, library: index < 2 ? 1 : 2, title, fileName: `${title}.pdf` }),
);
const [lease = documentOf(), policy = documentOf()] = documents;
const contracts = [lease, policy];

test('a library is ticked with all it has, and a document is taken out of it', () => {
  const whole = libraryToggled(NO_TICKS, 1, contracts);
  expect(documents.map((document) => isTicked(whole, document))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  const less = documentToggled(whole, lease, contracts);
  expect(tickedScope(less)).toEqual({ libraries: [], documents: [2] });
  expect(tickedScope(documentToggled(less, lease, contracts)).documents.toSorted()).toEqual([1, 2]);
  expect(tickedScope(libraryToggled(less, 1, contracts))).toEqual({
    libraries: [1],
    documents: [],
  });
  expect(sameTicks(libraryToggled(whole, 1, contracts), NO_TICKS)).toBe(true);
});

test('what a choice asks for is ticked, as far as it is there', () => {
  const ticked = (scope: { libraries: number[]; documents: number[] }) =>
    tickedScope(ticksOf({ kind: 'several', scope }, libraries, documents));
  expect(ticked({ libraries: [1, 2, 9], documents: [] })).toEqual({
    libraries: [1, 2],
    documents: [],
  });
  expect(ticked({ libraries: [], documents: [2, 3, 9] }).documents).toEqual([2, 3]);
  expect(ticked({ libraries: [1], documents: [2, 3] })).toEqual({ libraries: [], documents: [2] });
});

test('a filter finds documents by title and file, and libraries by name', () => {
  const found = (filter: string, open: number[] = []) =>
    shelvesOf(libraries, documents, filter, new Set(open)).map(({ library, shown }) => [
      library.name,
      shown.map(({ title }) => title),
    ]);
  expect(found('')).toEqual([
    ['合同', []],
    ['论文', []],
  ]);
  expect(found('', [1])).toEqual([
    ['合同', ['租约', '保单']],
    ['论文', []],
  ]);
  expect(found(' KETTLES.p ')).toEqual([['论文', ['Kettles']]]);
  expect(found('合同')).toEqual([['合同', []]]);
  expect(found('合同', [1])).toEqual([['合同', ['租约', '保单']]]);
  expect(found('?')).toEqual([]);
});
