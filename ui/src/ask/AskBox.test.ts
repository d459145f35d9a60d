import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { documentOf } from '../../test/fixtures';
import AskBox from './AskBox.svelte';

afterEach(cleanup);

function box(over = {}) {
  const onask = vi.fn();
  const onedit = vi.fn();
  const onstop = vi.fn();
  render(AskBox, {
    libraries: [],
    documents: [documentOf()],
    scope: { kind: 'all' },
    reading: null,
    quotes: false,
    quotesForced: false,
    busy: false,
    onscope: vi.fn(),
    onquotes: vi.fn(),
    onask,
    onedit,
    onstop,
    ...over,
  });
  return { onask, onedit, onstop, input: screen.getByTestId<HTMLTextAreaElement>('ask-input') };
}

test('Enter asks, Shift+Enter and an input method do not', async () => {
  const { onask, input } = box();
  await fireEvent.input(input, { target: { value: ' 租期多长？ ' } });
  await fireEvent.keyDown(input, { key: 'Enter', shiftKey: true });
  await fireEvent.keyDown(input, { key: 'Enter', keyCode: 229 });
  expect(onask).not.toHaveBeenCalled();
  await fireEvent.keyDown(input, { key: 'Enter' });
  expect(onask).toHaveBeenCalledWith('租期多长？');
  expect(input.value).toBe('');
});

test('↑ changes the last question, unless there is text to walk in', async () => {
  const { input, onedit } = box();
  await fireEvent.keyDown(input, { key: 'ArrowUp' });
  expect(onedit).toHaveBeenCalledOnce();
  await fireEvent.input(input, { target: { value: '一\n二' } });
  await fireEvent.keyDown(input, { key: 'ArrowUp' });
  expect(onedit).toHaveBeenCalledOnce();
});

test('Esc stops an answer', async () => {
  const { onstop, input } = box({ busy: true });
  await fireEvent.keyDown(input, { key: 'Escape' });
  expect(onstop).toHaveBeenCalled();
});

test('nothing and too much cannot be asked', async () => {
  const { onask, input } = box();
  await fireEvent.keyDown(input, { key: 'Enter' });
  await fireEvent.input(input, { target: { value: '字'.repeat(100_000) } });
  await fireEvent.keyDown(input, { key: 'Enter' });
  expect(onask).not.toHaveBeenCalled();
  expect(screen.getByRole('alert')).toBeTruthy();
});
