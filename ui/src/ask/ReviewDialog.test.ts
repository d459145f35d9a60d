import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { lease } from '../../test/fixtures';
import type { Reviewed } from '../backend';
import { languageChoice } from '../shared/i18n.svelte';
import { differences } from './differences';
import ReviewDialog from './ReviewDialog.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(cleanup);

const regions = [{ page: 5, boxes: [] }];
const reviewed: Reviewed[] = [
  {
    chat: 2,
    turn: 0,
    marker: 1,
    state: 'changed',
    document: lease,
    page: 3,
    quote: 'The crane lifts ninety tonnes.',
    now: { page: 5, quote: 'The crane lifts eighty tonnes.', regions },
  },
  {
    chat: 2,
    turn: 1,
    marker: 1,
    state: 'gone',
    document: lease,
    page: 4,
    quote: 'It is driven by two men.',
    now: null,
  },
];

test('what changed is shown beside what was, and leads to both', async () => {
  const [onread, onask, onclose] = [vi.fn(), vi.fn(), vi.fn()];
  const chats = [{ id: 2, title: 'Cranes', pinned: false, updated: '', turns: 2 }];
  render(ReviewDialog, { reviewed, chats, onread, onask, onclose });
  const [changed, gone] = screen.getAllByTestId('reviewed');
  expect(changed?.textContent).toContain('Cranes');
  expect(changed?.textContent).toContain('Changed on page 5');
  expect(changed?.querySelector('del')?.textContent).toBe('ninety');
  expect(changed?.querySelector('ins')?.textContent).toBe('eighty');
  expect(gone?.textContent).toContain('No longer there (was on page 4)');
  expect(screen.getAllByTestId('review-show')).toHaveLength(1);
  await fireEvent.click(screen.getByTestId('review-show'));
  expect(onread).toHaveBeenCalledWith({ document: lease, page: 5, regions });
  await fireEvent.click(screen.getAllByTestId('review-ask')[1] as HTMLElement);
  expect(onask).toHaveBeenCalledWith(2, 1);
  expect(onclose).toHaveBeenCalledTimes(2);
});

test('Chinese is compared word by word', () => {
  const parts = differences('合同期限为三年。', '合同期限为五年。', 'zh');
  expect(
    parts
      .filter(({ removed }) => !removed)
      .map(({ text }) => text)
      .join(''),
  ).toBe('合同期限为五年。');
  expect(parts[0]?.text.startsWith('合同期限')).toBe(true);
});
