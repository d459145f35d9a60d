import { expect, test } from 'vitest';
import { documentOf } from '../../test/fixtures';
import { t } from './i18n.svelte';
import { choiceFrom, choiceOf, scopeLabel, scopeNames, scopeOf } from './scope';

const libraries = ['合同', '论文'].map((name, index) => ({
  id: index + 1,
  name,
  documents: 1,
  ready: 1,
  pages: 1,
  passages: 1,
}));
const documents = [documentOf({ id: 5 })];

test('a scope comes back as the choice it was', () => {
  for (const choice of [
    { kind: 'all' } as const,
    { kind: 'library', id: 2 } as const,
    { kind: 'document', id: 5 } as const,
  ]) {
    expect(choiceOf(scopeOf(choice), libraries, documents)).toEqual(choice);
  }
});

test('what is gone is looked for no more', () => {
  const scope = { libraries: [1, 8], documents: [9] };
  expect(choiceOf(scope, libraries, documents)).toEqual({ kind: 'library', id: 1 });
});

test('several are counted, and named one after the other', () => {
  const scope = { libraries: [1, 2], documents: [] };
  const choice = choiceOf(scope, libraries, documents);
  expect(scopeOf(choice)).toEqual(scope);
  expect(scopeLabel(choice, libraries, documents)).toBe(t('scope.libraries', { count: 2 }));
  const names = scopeNames(choice, libraries, documents);
  expect(names).toContain('合同');
  expect(names).toContain('论文');
});

const shelf = [1, 1, 2, 2].map((library, index) => documentOf({ id: index + 1, library }));

test('libraries beside documents are sent as the documents they have', () => {
  expect(choiceFrom({ libraries: [1, 2], documents: [] }, shelf)).toEqual({
    kind: 'several',
    scope: { libraries: [1, 2], documents: [] },
  });
  expect(choiceFrom({ libraries: [1], documents: [4] }, shelf)).toEqual({
    kind: 'several',
    scope: { libraries: [], documents: [1, 2, 4] },
  });
  expect(choiceFrom({ libraries: [9], documents: [4] }, shelf)).toEqual({
    kind: 'document',
    id: 4,
  });
  expect(choiceFrom({ libraries: [1], documents: [] }, shelf)).toEqual({ kind: 'library', id: 1 });
  expect(choiceFrom({ libraries: [], documents: [] }, shelf)).toEqual({ kind: 'all' });
});

test('a scope of both counts the documents in which both hold', () => {
  const scope = { libraries: [1], documents: [2, 3] };
  expect(scopeLabel({ kind: 'several', scope }, libraries, shelf)).toBe(
    t('scope.documents', { count: 1 }),
  );
});

test('nobody reads three hundred names', () => {
  const many = Array.from({ length: 300 }, (_, id) => documentOf({ id, title: `T${id}` }));
  const choice = choiceFrom({ libraries: [], documents: many.map(({ id }) => id) }, many);
  const names = scopeNames(choice, libraries, many);
  expect(names).toContain('T39');
  expect(names).not.toContain('T40');
  expect(names).toContain('260');
});
