import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { pageOf, xray } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import { kindsOf } from '../shared/pages';
import PageStrip from './PageStrip.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(cleanup);

function strip(over = {}) {
  const onpage = vi.fn();
  const onselect = vi.fn();
  const pages = [...xray, pageOf(4, { label: 'iv' })];
  render(PageStrip, {
    title: 'Lease',
    kinds: kindsOf(pages, 4),
    pages,
    selection: new Set<number>(),
    reading: 2,
    onpage,
    onselect,
    ...over,
  });
  return { onpage, onselect, cells: screen.getAllByRole('option') };
}

const chosen = (mock: ReturnType<typeof vi.fn>) => [...(mock.mock.lastCall?.[0] as Set<number>)];

test('each page says what became of it, and Tab leads to one of them', () => {
  const { cells } = strip();
  expect(cells.map((cell) => cell.getAttribute('aria-label'))).toEqual([
    'Page 1, Text',
    'Page 2, Recognised from its image, 91% sure',
    'Page 3, Image, needs recognition',
    'Page 4, Text',
  ]);
  expect(cells.map((cell) => cell.tabIndex)).toEqual([0, -1, -1, -1]);
  expect(cells[1]?.getAttribute('aria-current')).toBe('page');
});

test('a click opens the page, with Ctrl or Shift it chooses', async () => {
  const { cells, onpage, onselect } = strip();
  await fireEvent.click(cells[2] as HTMLElement);
  expect(onpage).toHaveBeenCalledWith(3);
  await fireEvent.click(cells[1] as HTMLElement, { ctrlKey: true });
  expect(chosen(onselect)).toEqual([2]);
  await fireEvent.click(cells[3] as HTMLElement, { shiftKey: true });
  expect(chosen(onselect)).toEqual([2, 3, 4]);
  expect(onpage).toHaveBeenCalledTimes(1);
});

test('keys walk, open, choose and let go', async () => {
  const { cells, onpage, onselect } = strip({ selection: new Set([4]) });
  cells[0]?.focus();
  await fireEvent.keyDown(cells[0] as HTMLElement, { key: 'ArrowRight' });
  expect(document.activeElement).toBe(cells[1]);
  expect(cells[1]?.tabIndex).toBe(0);
  await fireEvent.keyDown(cells[1] as HTMLElement, { key: 'Enter' });
  expect(onpage).toHaveBeenCalledWith(2);
  await fireEvent.keyDown(cells[1] as HTMLElement, { key: ' ' });
  expect(chosen(onselect)).toEqual([4, 2]);
  await fireEvent.keyDown(cells[1] as HTMLElement, { key: 'ArrowRight', shiftKey: true });
  expect(chosen(onselect)).toEqual([4, 2, 3]);
  await fireEvent.keyDown(cells[2] as HTMLElement, { key: 'Escape' });
  expect(chosen(onselect)).toEqual([]);
});

test('the page under the pointer is described', async () => {
  const { cells } = strip();
  await fireEvent.pointerOver(cells[3] as HTMLElement);
  expect(screen.getByTestId('page-card').textContent).toMatch(/Page 4.*printed “iv”/s);
  await fireEvent.pointerOver(cells[2] as HTMLElement);
  expect(screen.getByTestId('page-card').textContent).toMatch(/0 characters.*Only an image/s);
});
