import { expect, test } from 'vitest';
import { hitOf, lease } from '../../test/fixtures';
import { byDocument, chosenOf, namedGroups, sectionOf, type Found } from './found';

const invoice = { ...lease, id: 2, title: '发票' };

test('passages stand with their document, documents in the order of their best passage', () => {
  const hits = [
    hitOf(1, 'a', 4, { document: invoice }),
    hitOf(2, 'b'),
    hitOf(3, 'c', 5, { document: invoice }),
    hitOf(4, 'd'),
  ];
  const groups = byDocument(hits.toReversed());
  expect(groups.map(({ document }) => document.title)).toEqual(['发票', lease.title]);
  expect(groups.map((group) => group.hits.map(({ text }) => text))).toEqual([
    ['a', 'c'],
    ['b', 'd'],
  ]);
});

test('the two nearest headings say where a passage stands', () => {
  const at = (section: string[]) => sectionOf(hitOf(1, 'a', 1, { section }));
  expect(at([])).toBe('');
  expect(at(['第一章'])).toBe('第一章');
  expect(at(['第一章', '1.2 租期', '续租'])).toBe('1.2 租期 › 续租');
});

test('the row chosen by hand stays chosen, else one in its place, else the best', () => {
  expect(chosenOf(['a', 'b'], null)).toBe('a');
  expect(chosenOf(['c', 'a', 'b'], { key: 'b', at: 1 })).toBe('b');
  expect(chosenOf(['c', 'd', 'e'], { key: 'b', at: 1 })).toBe('d');
  expect(chosenOf(['c'], { key: 'b', at: 1 })).toBe('c');
  expect(chosenOf([], { key: 'b', at: 1 })).toBeUndefined();
});

test('names are found in any case, a few of each kind', () => {
  const named = (group: Found['group'], label: string) =>
    ({ key: label, group, label, icon: null, run: () => null }) as unknown as Found;
  const documents = Array.from({ length: 9 }, (_, i) => named('documents', `Lease ${i}`));
  const groups = namedGroups([named('chats', 'LEASE?'), ...documents], 'lease');
  expect(groups.map(({ group, items }) => [group, items.length])).toEqual([
    ['documents', 6],
    ['chats', 1],
  ]);
  expect(namedGroups(documents, 'rent')).toEqual([]);
});
