import { afterEach, expect, test, vi } from 'vitest';
import {
  answer,
  citations,
  clearMocks,
  documentOf,
  emitFromShell,
  idle,
  mockShell,
  stream,
} from '../../test/fixtures';
import { Workspace } from './workspace.svelte';

afterEach(clearMocks);

async function started(replies = {}) {
  const shell = mockShell(replies);
  const workspace = new Workspace();
  const stop = workspace.start();
  await vi.waitFor(() => expect(workspace.loaded).toBe(true));
  return { workspace, stop, ...shell };
}

test('everything is asked of the shell at the start, and it learns where drops go', async () => {
  const { workspace, calls } = await started();
  expect(workspace.documents).toHaveLength(1);
  expect(workspace.libraryName).toBe('合同');
  expect(calls).toContain('aim');
});

test('a home in use is shown and nothing else is asked', async () => {
  const problem = { code: 'home_in_use', message: '', hint: null };
  const { calls } = mockShell({ startup: () => ({ problem, told: [], version: '' }) });
  const workspace = new Workspace();
  workspace.start();
  await vi.waitFor(() => expect(workspace.startup?.problem?.code).toBe('home_in_use'));
  expect(calls).not.toContain('documents');
});

test('progress and finished documents arrive by events', async () => {
  let documents = [documentOf({ status: 'queued' })];
  const { workspace } = await started({ documents: () => documents });
  await emitFromShell('imports', { ...idle, running: true, filesTotal: 3 });
  await vi.waitFor(() => expect(workspace.imports.filesTotal).toBe(3));
  documents = [documentOf()];
  await emitFromShell('library-changed', null);
  await vi.waitFor(() => expect(workspace.ready).toBe(1), { timeout: 2000 });
});

test('without a language model questions are answered in quotations', async () => {
  let asked: unknown;
  const { workspace } = await started({
    ask: (args: Record<string, unknown>) => {
      asked = args['request'];
      return stream(args, [{ type: 'done', answer }]);
    },
  });
  await workspace.talk.ask('租期？');
  expect(asked).toMatchObject({ mode: 'quotes', question: '租期？' });
});

test('what is made of a question outlives the window', async () => {
  const { workspace } = await started();
  workspace.mode = 'extract';
  expect(new Workspace().mode).toBe('extract');
  localStorage.setItem('yinju.mode', '"gone"');
  expect(new Workspace().mode).toBe('answer');
  localStorage.removeItem('yinju.mode');
});

test('the reader goes back the way it came, and citations are walked in order', async () => {
  const { workspace } = await started({
    chat: () => ({ id: 7, title: '', scope: { libraries: [], documents: [] }, turns: [answer] }),
  });
  await workspace.talk.open(7);
  workspace.readDocument(documentOf());
  workspace.stepCitation(1);
  expect(workspace.target?.page).toBe(citations[0]?.page);
  workspace.stepCitation(1);
  expect(workspace.target?.page).toBe(citations[1]?.page);
  workspace.back();
  expect(workspace.target?.page).toBe(citations[0]?.page);
  workspace.closeReader();
  expect(workspace.target).toBeNull();
});

test('what covers the conversation makes way for it', async () => {
  const { workspace } = await started();
  workspace.showDetails(1);
  workspace.showTests();
  expect(workspace.details).toBeNull();
  workspace.talk.begin();
  expect(workspace.tests).toBe(false);
  workspace.readDocument(documentOf(), 4);
  expect(workspace.place).toEqual({ document: 1, page: 4 });
});
