import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, documentOf, mockShell, type Replies } from '../../test/fixtures';
import { encoderOf, modelOf, runOf } from '../../test/own';
import type { OwnQuestion, OwnRun } from '../backend';
import { languageChoice } from '../shared/i18n.svelte';
import { Testing } from './testing.svelte';
import TestingPage from './TestingPage.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const lease = documentOf();
const question: OwnQuestion = { id: 1, question: '租期多长？', document: 1, first: 2, last: 3 };

function page(replies: Replies = {}, over = {}, runs: OwnRun[] = []) {
  mockShell({
    own_questions: () => [question],
    own_runs: () => runs,
    encoders: () => [encoderOf('multilingual-e5-small', { inUse: true })],
    ...replies,
  });
  const acts = { onrun: vi.fn(), onread: vi.fn(), onclose: vi.fn() };
  const testing = new Testing();
  const props = {
    testing,
    models: [modelOf('multilingual-e5-small'), modelOf('m3e-base')],
    documents: [lease],
    reading: null,
    blocked: false,
    ...acts,
    ...over,
  };
  return { ...acts, testing, ...render(TestingPage, props) };
}

test('an empty page teaches, and starts from the page that is being read', async () => {
  page({ own_questions: () => [] }, { reading: { document: 1, page: 7 } });
  await screen.findByTestId('testing-lesson');
  expect(screen.getByTestId<HTMLInputElement>('testing-first').value).toBe('7');
  expect(screen.getByTestId<HTMLSelectElement>('testing-document').value).toBe('1');
  expect(screen.queryByTestId('testing-run')).toBeNull();
});

test('a question can be added once its pages are in the document', async () => {
  const added = vi.fn(() => 2);
  page({ add_own_question: added });
  const add = await screen.findByTestId<HTMLButtonElement>('testing-add');
  const type = (id: string, value: string) =>
    fireEvent.input(screen.getByTestId(id), { target: { value } });
  await type('testing-question-input', '押金多少？');
  await fireEvent.change(screen.getByTestId('testing-document'), { target: { value: '1' } });
  await type('testing-first', '13');
  expect(add.disabled).toBe(true);
  expect(document.getElementById('testing-pages')?.textContent.trim()).toBe(
    'The document has only 12 pages.',
  );
  await type('testing-first', '12');
  expect(add.disabled).toBe(false);
  await fireEvent.click(add);
  expect(added).toHaveBeenCalledWith({ question: '押金多少？', document: 1, first: 12, last: 12 });
});

test('a question leads to its page, and is removed once that is confirmed', async () => {
  const removed = vi.fn();
  const { onread } = page({ remove_own_question: removed });
  const row = await screen.findByTestId('testing-question');
  await fireEvent.click(within(row).getByTestId('testing-place'));
  expect(onread).toHaveBeenCalledWith(lease, 2);
  await fireEvent.click(within(row).getByTestId('testing-remove'));
  await fireEvent.click(screen.getByText('Remove'));
  await waitFor(() => expect(removed).toHaveBeenCalledWith({ question: 1 }));
});

test('a run waits for the making of vectors', async () => {
  page({}, { blocked: true });
  const run = await screen.findByTestId<HTMLButtonElement>('testing-run');
  expect(run.disabled).toBe(true);
  expect(run.parentElement?.textContent).toContain('are being made');
});

test('a result says how often the page was found, failures first, and opens what stood first', async () => {
  const { onread } = page({}, {}, [runOf(1, [1, 4, null])]);
  const result = await screen.findByTestId('testing-result');
  expect(result.querySelector('[data-metric=recall1]')?.textContent).toContain('33%');
  expect(result.textContent).toContain('1 question whose page was not in the first 20');
  const rows = within(result).getAllByTestId('testing-outcome');
  expect(rows.map((row) => row.dataset['rank'])).toEqual(['', '4', '1']);
  const places = within(rows[0] as HTMLElement).getAllByTestId('testing-place');
  expect(places).toHaveLength(2);
  await fireEvent.click(places[1] as HTMLElement);
  expect(onread).toHaveBeenCalledWith(lease, 9);
  expect(within(rows[2] as HTMLElement).getAllByTestId('testing-place')).toHaveLength(1);
});

test('two runs stand side by side with a verdict and the ranks that differ', async () => {
  const better = { mean: 0.4, low: 0.1, high: 0.7 };
  const unclear = { mean: 0.1, low: -0.1, high: 0.3 };
  const difference = { recall1: better, recall5: unclear, recall10: unclear, mrr10: better };
  const before = runOf(1, [2, 2, 2, 2, 2, 2, 1, 8]);
  const after = runOf(2, [1, 1, 1, 1, 1, 1, 1, 4]);
  page({ compare_own_runs: () => ({ questions: 8, difference }) }, {}, [after, before]);
  for (const choice of await screen.findAllByTestId('testing-choose'))
    await fireEvent.click(choice);
  const compared = await screen.findByTestId('testing-compare');
  const verdict = (metric: string) =>
    compared.querySelector<HTMLElement>(`[data-metric=${metric}]`)?.dataset['verdict'];
  expect(['recall1', 'recall5', 'recall10', 'mrr10'].map(verdict)).toEqual([
    'better',
    'untold',
    'same',
    'better',
  ]);
  expect(compared.textContent).toContain('+40 points');
  expect(compared.textContent).toContain('No difference can be told with 8 questions');
  expect(within(compared).getAllByTestId('testing-differs')).toHaveLength(7);
  expect(screen.queryByTestId('testing-result')).toBeNull();
});

test('the run that goes on is told and can be stopped', async () => {
  const stopped = vi.fn();
  const { testing } = page({ stop_test: stopped });
  await screen.findByTestId('testing-run');
  testing.running = true;
  testing.headway.note({ preparing: true, done: 1200, total: 4000 });
  const progress = await screen.findByTestId('testing-progress');
  expect(progress.textContent).toContain('Making vectors: 1,200 of 4,000 passages');
  await fireEvent.click(within(progress).getByRole('button'));
  expect(stopped).toHaveBeenCalled();
});
