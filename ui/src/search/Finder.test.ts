import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { clearMocks, hitOf, lease, mockShell } from '../../test/fixtures';
import type { Hit, Problem } from '../backend';
import { languageChoice } from '../shared/i18n.svelte';
import Finder from './Finder.svelte';
import type { Found } from './found';

const invoice = { ...lease, id: 2, title: 'Invoice' };
const rent = hitOf(1, 'The rent is due monthly.', 3, {
  section: ['Part I', 'Payment', 'Rent'],
  marks: [[4, 8]],
});
const bill = hitOf(2, 'A bill for rent.', 7, { document: invoice, marks: [[11, 15]] });
const deposit = hitOf(3, 'The deposit is returned.', 5);

beforeAll(() => {
  languageChoice.value = 'en';
});
beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  cleanup();
  clearMocks();
  vi.useRealTimers();
});

const ranked = (...hits: Hit[]) => hits.map((hit, index) => ({ ...hit, rank: index + 1 }));

function finder(found: Record<string, Hit[] | Problem>, over = {}) {
  const asked: Record<string, unknown>[] = [];
  mockShell({
    search: (args) => {
      asked.push(args);
      const answer = found[String(args['mode'])] ?? [];
      if (!Array.isArray(answer)) return Promise.reject(Object.assign(new Error(), answer));
      return {
        query: args['text'],
        tookMs: 1,
        nowhere: found['nowhere'] !== undefined,
        hits: answer,
      };
    },
  });
  const onopen = vi.fn();
  const props = { items: [], scope: { libraries: [], documents: [] }, passagesOnly: true };
  render(Finder, { ...props, onopen, onclose: vi.fn(), ...over });
  const input = screen.getByTestId<HTMLInputElement>('finder-input');
  const key = (name: string) => fireEvent.keyDown(input, { key: name });
  return { input, onopen, asked, key };
}

/** Types, and waits until the words alone, or both, were looked for. */
async function type(input: HTMLInputElement, value: string, wait = 500) {
  await fireEvent.input(input, { target: { value } });
  await vi.advanceTimersByTimeAsync(wait);
}

const rows = () => screen.queryAllByRole('option').map((row) => row.id);
const chosen = () => screen.queryByRole('option', { selected: true })?.id;
const line = () => document.getElementById('finder-line')?.textContent.trim();

test('passages stand under their document, with place and marked words', async () => {
  const { input, asked } = finder({ hybrid: ranked(rent, bill, deposit) });
  await type(input, 'rent');
  const [first, second] = within(screen.getByRole('listbox')).getAllByRole('group');
  expect(first?.getAttribute('aria-labelledby')).toBe('found-in-1');
  expect(document.getElementById('found-in-1')?.textContent).toBe(`${lease.title} 2 passages`);
  expect(second?.textContent).toContain('1 passage');
  const row = within(first ?? document.body).getAllByTestId('found-passage')[0];
  expect(row?.querySelector('.where')?.textContent).toBe('p. 3 · Payment › Rent');
  expect(row?.querySelector('.words')?.textContent.trim()).toBe(rent.text);
  expect(row?.querySelector('mark')?.textContent).toBe('rent');
  expect(asked.map(({ limit, mode }) => [limit, mode])).toEqual([
    [20, 'lexical'],
    [20, 'hybrid'],
  ]);
});

test('words come first, and what is found by meaning keeps the chosen passage', async () => {
  const { input, key } = finder({
    lexical: ranked(rent, bill),
    hybrid: ranked(deposit, bill, rent),
  });
  await type(input, 'rent', 60);
  expect([line(), rows()]).toEqual(['By words', ['found-passage-1', 'found-passage-2']]);
  await key('ArrowDown');
  await vi.advanceTimersByTimeAsync(500);
  expect([line(), rows()]).toEqual([
    'By words and meaning',
    ['found-passage-3', 'found-passage-1', 'found-passage-2'],
  ]);
  expect(chosen()).toBe('found-passage-2');
});

test('untouched, the best passage is the chosen one', async () => {
  const { input } = finder({ lexical: ranked(rent), hybrid: ranked(deposit, rent) });
  await type(input, 'rent', 60);
  expect(chosen()).toBe('found-passage-1');
  await vi.advanceTimersByTimeAsync(500);
  expect(chosen()).toBe('found-passage-3');
});

test('the arrows go across documents and around, Enter opens the boxes', async () => {
  const { input, key, onopen } = finder({ hybrid: ranked(rent, bill) });
  await type(input, 'rent');
  await key('ArrowDown');
  expect(input.getAttribute('aria-activedescendant')).toBe('found-passage-2');
  await key('ArrowDown');
  expect(chosen()).toBe('found-passage-1');
  await key('ArrowUp');
  await key('Enter');
  expect(onopen).toHaveBeenCalledWith({ document: invoice, page: 7, regions: bill.regions });
});

test('a resting pointer chooses nothing, a moving one does, a click opens', async () => {
  const { input, onopen } = finder({ hybrid: ranked(rent, bill) });
  await type(input, 'rent');
  const [, second] = screen.getAllByTestId('found-passage');
  if (!second) throw new Error('no second row');
  await fireEvent.pointerMove(second, { screenX: 9, screenY: 9 });
  await fireEvent.pointerMove(second, { screenX: 9, screenY: 9 });
  expect(chosen()).toBe('found-passage-1');
  await fireEvent.pointerMove(second, { screenX: 9, screenY: 10 });
  expect(chosen()).toBe('found-passage-2');
  await fireEvent.click(second);
  expect(onopen).toHaveBeenCalledOnce();
});

test('without a text the syntax is taught, and nothing is asked', async () => {
  const { input, asked } = finder({});
  expect(line()).toContain('"exact phrase" · title:word');
  expect(screen.getByText(/what you remember/)).toBeTruthy();
  await type(input, '  ');
  expect(asked).toEqual([]);
});

test('a text that cannot be read is said as the search says it', async () => {
  const syntax = { code: 'query_syntax', message: 'page: wants a number', hint: null };
  const { input } = finder({ lexical: syntax, hybrid: syntax });
  await type(input, 'page:x');
  expect(screen.getByTestId('problem').dataset['code']).toBe('query_syntax');
  expect(screen.getByText('page: wants a number')).toBeTruthy();
  expect(screen.queryByRole('alert')).toBeNull();
});

test('without the model, words are found and what is amiss is said beside them', async () => {
  const { input } = finder({
    lexical: ranked(rent),
    hybrid: { code: 'model_missing', message: '', hint: null },
  });
  await type(input, 'rent');
  expect([rows(), line()]).toEqual([['found-passage-1'], 'By words']);
  expect(screen.getByTestId('problem').dataset['code']).toBe('model_missing');
});

test('nothing is called missing before its meaning was looked for', async () => {
  const { input } = finder({});
  await type(input, 'zebra', 60);
  expect(screen.getByText(/Looking for their meaning/)).toBeTruthy();
  await vi.advanceTimersByTimeAsync(500);
  expect(screen.getByText(/Nothing found/)).toBeTruthy();
});

test('what an input method composes is not looked for until it is chosen', async () => {
  const { input, asked } = finder({});
  input.value = 'zu qi';
  await fireEvent(input, new InputEvent('input', { isComposing: true }));
  await vi.advanceTimersByTimeAsync(500);
  expect(asked).toEqual([]);
  input.value = '租期';
  await fireEvent.compositionEnd(input);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked.map(({ text }) => text)).toEqual(['租期', '租期']);
});

const pressed = () =>
  within(screen.getByTestId('filters'))
    .getAllByRole('button', { pressed: true })
    .map((chip) => chip.textContent);
const year = (end: string) => screen.getByTestId<HTMLInputElement>(`filter-${end}`);

test('a language is typed or clicked, which is one thing', async () => {
  const { input, asked } = finder({ hybrid: ranked(rent) });
  expect(pressed()).toEqual(['Any language']);
  await type(input, 'rent');
  await fireEvent.click(screen.getByTestId('filter-zh'));
  expect([input.value, pressed()]).toEqual(['rent lang:zh ', ['中文']]);
  await vi.advanceTimersByTimeAsync(500);
  expect(asked.at(-1)?.['text']).toBe('rent lang:zh');
  await type(input, 'rent 语言:英文');
  expect(pressed()).toEqual(['English']);
  await fireEvent.click(screen.getByTestId('filter-en'));
  expect([input.value, pressed()]).toEqual(['rent ', ['Any language']]);
  await type(input, 'rent lang:zh lang:en');
  expect(pressed()).toEqual(['中文', 'English']);
  await fireEvent.click(screen.getByTestId('filter-any'));
  expect(input.value).toBe('rent ');
});

test('years are typed here or there', async () => {
  vi.setSystemTime('2026-11-27');
  const { input } = finder({});
  await type(input, 'rent year:2021');
  expect([year('from').value, year('to').value]).toEqual(['2021', '2021']);
  await fireEvent.input(year('to'), { target: { value: '20' } });
  expect([year('to').value, input.value]).toEqual(['20', 'rent year:2021']);
  await fireEvent.input(year('to'), { target: { value: '2023' } });
  expect(input.value).toBe('rent year:2021-2023');
  await fireEvent.input(year('from'), { target: { value: '2024' } });
  expect(input.value).toBe('rent year:2024');
  await fireEvent.click(screen.getByTestId('filter-any-year'));
  expect([year('from').value, year('to').value, input.value]).toEqual(['', '', 'rent ']);
  await fireEvent.input(year('from'), { target: { value: '2020' } });
  expect(input.value).toBe('rent year:2020-2026 ');
  await fireEvent.input(year('from'), { target: { value: '' } });
  await fireEvent.blur(year('from'));
  expect(input.value.trim()).toBe('rent');
  await fireEvent.keyDown(year('from'), { key: 'Enter' });
  expect(document.activeElement).toBe(input);
});

test('a place that does not exist is called that', async () => {
  const { input } = finder({ nowhere: [] });
  await type(input, 'rent year:1850', 60);
  expect(screen.getByText(/No document, chapter, page or year/)).toBeTruthy();
});

test('a narrowed search lists no names', async () => {
  const icon = (() => null) as unknown as Found['icon'];
  const items: Found[] = [
    { key: 'document-1', group: 'documents', label: 'Rent', icon, run: vi.fn() },
  ];
  const { input } = finder({ hybrid: ranked(rent) }, { items, passagesOnly: false });
  await type(input, 'rent lang:en');
  expect(rows()).toEqual(['found-passage-1']);
});

test('among everything, names come before fewer passages', async () => {
  const icon = (() => null) as unknown as Found['icon'];
  const run = vi.fn();
  const items: Found[] = [{ key: 'document-1', group: 'documents', label: 'Rent', icon, run }];
  const { input, asked, key } = finder({ hybrid: ranked(rent) }, { items, passagesOnly: false });
  await type(input, 'rent');
  expect(rows()).toEqual(['found-document-1', 'found-passage-1']);
  expect(asked.at(-1)?.['limit']).toBe(12);
  await key('Enter');
  expect(run).toHaveBeenCalledOnce();
});
