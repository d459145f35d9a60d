import { expect, test } from 'vitest';
import { documentOf } from '../../test/fixtures';
import { choiceOf, scopeLabel, scopeOf } from './scope';

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

test('several are named one after the other', () => {
  const scope = { libraries: [1, 2], documents: [] };
  const choice = choiceOf(scope, libraries, documents);
  expect(scopeOf(choice)).toEqual(scope);
  const label = scopeLabel(choice, libraries, documents);
  expect(label).toContain('合同');
  expect(label).toContain('论文');
});
