import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { documentOf } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import type { ScopeChoice } from '../shared/scope';
import ScopeDialog from './ScopeDialog.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(cleanup);

const libraries = ['Contracts', 'Papers'].map((name, index) => ({
  id: index + 1,
  name,
  documents: 2,
  ready: 2,
  pages: 1,
  passages: 1,
}));
const few = ['Lease', 'Policy', 'Kettles', 'Teapots'].map((title, index) =>
  documentOf({ id: index + 1, library: index < 2 ? 1 : 2, title, fileName: `${title}.pdf` }),
);
const many = Array.from({ length: 300 }, (_, index) =>
  documentOf({ id: index + 1, library: (index % 2) + 1, title: `Document ${index + 1}` }),
);

function dialog(scope: ScopeChoice = { kind: 'all' }, documents = few) {
  const acts = { onsave: vi.fn(), onclose: vi.fn() };
  render(ScopeDialog, { libraries, documents, scope, ...acts });
  const boxes = (testid: string) => screen.queryAllByTestId<HTMLInputElement>(testid);
  return {
    ...acts,
    library: (name: string) => screen.getByLabelText<HTMLInputElement>(new RegExp(`^${name}`)),
    documents: () => boxes('scope-document'),
    everything: screen.getByTestId<HTMLInputElement>('scope-everything'),
    filter: screen.getByTestId<HTMLInputElement>('scope-filter'),
    told: () => screen.getByRole('status', { hidden: true }).textContent.trim(),
    save: () => fireEvent.click(screen.getByText('Save')),
    key: (key: string) => fireEvent.keyDown(document.activeElement ?? document.body, { key }),
  };
}

test('whole libraries alone are saved as libraries', async () => {
  const { library, told, save, onsave, everything } = dialog();
  expect(everything.checked).toBe(true);
  await fireEvent.click(library('Contracts'));
  await fireEvent.click(library('Papers'));
  expect([everything.checked, told()]).toEqual([false, 'Where to look: 2 libraries']);
  await save();
  const scope = { libraries: [1, 2], documents: [] };
  expect(onsave).toHaveBeenCalledExactlyOnceWith({ kind: 'several', scope });
});

test('a library beside a document is saved as documents, and one is told', async () => {
  const { library, told, save, onsave } = dialog();
  await fireEvent.click(library('Contracts'));
  await fireEvent.click(library('Kettles'));
  expect(library('Papers').indeterminate).toBe(true);
  expect(told()).toContain('3 documents');
  expect(told()).toContain('added to them later');
  await save();
  const scope = { libraries: [], documents: [1, 2, 3] };
  expect(onsave).toHaveBeenCalledExactlyOnceWith({ kind: 'several', scope });
});

test('a document is taken out of a whole library', async () => {
  const { library, save, onsave } = dialog({ kind: 'library', id: 1 });
  expect([library('Lease').checked, library('Policy').checked]).toEqual([true, true]);
  await fireEvent.click(library('Lease'));
  expect([library('Contracts').checked, library('Contracts').indeterminate]).toEqual([false, true]);
  await save();
  expect(onsave).toHaveBeenCalledWith({ kind: 'document', id: 2 });
});

test('everything unticks the rest, and stays ticked', async () => {
  const scope = { libraries: [], documents: [1, 3] };
  const { everything, documents, save, onsave } = dialog({ kind: 'several', scope });
  expect(documents().map(({ checked }) => checked)).toEqual([true, false, true, false]);
  await fireEvent.click(everything);
  await fireEvent.click(everything);
  expect(everything.checked).toBe(true);
  expect(documents().some(({ checked }) => checked)).toBe(false);
  await save();
  expect(onsave).toHaveBeenCalledWith({ kind: 'all' });
});

test('many documents stay folded; what is ticked of them, and what is looked for, is seen', async () => {
  const { documents, library, filter, told } = dialog({ kind: 'all' }, many);
  expect(documents()).toHaveLength(0);
  await fireEvent.click(screen.getAllByTestId('scope-fold')[0] ?? document.body);
  expect(documents()).toHaveLength(150);
  await fireEvent.input(filter, { target: { value: 'document 29' } });
  expect(documents()).toHaveLength(11);
  await fireEvent.click(library('Document 299'));
  await fireEvent.input(filter, { target: { value: 'nowhere' } });
  expect(told()).toContain('this name');
  cleanup();
  expect(dialog({ kind: 'document', id: 299 }, many).documents()).toHaveLength(150);
});

test('the list is one stop of Tab, and arrow keys walk and fold it', async () => {
  const { documents, library, filter, key } = dialog({ kind: 'all' }, many);
  const focused = (name: string) =>
    waitFor(() => expect(document.activeElement).toBe(library(name)));
  filter.focus();
  await key('ArrowDown');
  await focused('Contracts');
  await key('ArrowRight');
  expect(documents()).toHaveLength(150);
  await key('ArrowRight');
  await focused('Document 1 ');
  await key('ArrowDown');
  await focused('Document 3 ');
  const stops = [...document.querySelectorAll('[data-testid=scope-list] [tabindex="0"]')];
  expect(stops).toEqual([document.activeElement]);
  await key('End');
  await focused('Papers');
  await key('Home');
  await focused('Contracts');
  await key('ArrowLeft');
  expect(documents()).toHaveLength(0);
});

test('Enter in the filter goes to what was found', async () => {
  const { filter, key, onsave, library } = dialog();
  filter.focus();
  await fireEvent.input(filter, { target: { value: 'teapots' } });
  await key('Enter');
  await waitFor(() => expect(document.activeElement).toBe(library('Papers')));
  expect(onsave).not.toHaveBeenCalled();
});

test('ticks are lost only on purpose', async () => {
  const { library, key, onclose } = dialog();
  library('Papers').focus();
  await fireEvent.click(library('Papers'));
  await key('Escape');
  expect(onclose).not.toHaveBeenCalled();
  await fireEvent.click(screen.getByTestId('discard'));
  expect(onclose).toHaveBeenCalled();
});
