import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { documentOf } from '../../test/fixtures';
import { t } from '../shared/i18n.svelte';
import AskBox from './AskBox.svelte';
import { ASK_MODES } from './question';

afterEach(cleanup);

function box(over = {}) {
  const onask = vi.fn();
  const onedit = vi.fn();
  const onstop = vi.fn();
  const onmode = vi.fn();
  const onscope = vi.fn();
  render(AskBox, {
    libraries: [],
    documents: [documentOf()],
    scope: { kind: 'all' },
    reading: null,
    mode: 'answer' as const,
    writes: true,
    busy: false,
    onscope,
    onmode,
    onask,
    onedit,
    onstop,
    ...over,
  });
  return {
    onask,
    onedit,
    onstop,
    onmode,
    onscope,
    input: screen.getByTestId<HTMLTextAreaElement>('ask-input'),
  };
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

test('what is made of a question is chosen by mouse and by keys', async () => {
  const { onmode, input } = box({ mode: 'compare' });
  const chip = screen.getByTestId('ask-mode');
  expect(chip.textContent).toContain(t('ask.mode_compare'));
  expect(input.placeholder).toBe(t('ask.placeholder_compare'));
  await fireEvent.click(chip);
  const items = screen.getAllByRole('menuitemradio');
  expect(items.map(({ dataset }) => dataset['testid'])).toEqual(
    ASK_MODES.map((mode) => `mode-${mode}`),
  );
  expect(items.map((item) => item.ariaChecked ?? item.getAttribute('aria-checked'))).toEqual(
    ASK_MODES.map((mode) => String(mode === 'compare')),
  );
  for (const item of items.slice(0, 3)) {
    await fireEvent.keyDown(document.activeElement ?? chip, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(item);
  }
  await fireEvent.click(screen.getByTestId('mode-extract'));
  expect(onmode).toHaveBeenCalledWith('extract');
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement).toBe(chip);
});

test('without a language model all but an answer can be had', async () => {
  const { input } = box({ writes: false });
  const chip = screen.getByTestId('ask-mode');
  expect(chip.textContent).toContain(t('ask.mode_quotes'));
  expect(input.placeholder).toBe(t('ask.placeholder_quotes'));
  await fireEvent.click(chip);
  const answer = screen.getByTestId<HTMLButtonElement>('mode-answer');
  expect(answer.disabled).toBe(true);
  expect(answer.textContent).toContain(t('ask.mode_needs_model'));
  await fireEvent.keyDown(chip, { key: 'ArrowDown' });
  expect(document.activeElement).toBe(screen.getByTestId('mode-quotes'));
});

test('a scope is put together beside a question, which is not sent by that', async () => {
  const libraries = [{ id: 1, name: '合同', documents: 2, ready: 2, pages: 1, passages: 1 }];
  const documents = [documentOf(), documentOf({ id: 2, title: '保单' }), documentOf({ id: 3 })];
  const { onask, onscope, input } = box({ libraries, documents });
  await fireEvent.input(input, { target: { value: '租期？' } });
  await fireEvent.click(screen.getByTestId('scope-chip'));
  await fireEvent.click(screen.getByTestId('scope-choose'));
  for (const line of screen.getAllByTestId('scope-document').slice(0, 2))
    await fireEvent.click(line);
  await fireEvent.click(screen.getByText(t('common.save')));
  const scope = { libraries: [], documents: [1, 2] };
  expect(onscope).toHaveBeenCalledExactlyOnceWith({ kind: 'several', scope });
  expect(screen.queryByTestId('scope-dialog')).toBeNull();
  expect(onask).not.toHaveBeenCalled();
});

test('the chip counts what was put together, and names it to the pointer', () => {
  const documents = [documentOf(), documentOf({ id: 2, title: '保单' })];
  const scope = { kind: 'several', scope: { libraries: [], documents: [1, 2] } };
  box({ documents, scope });
  const chip = screen.getByTestId('scope-chip');
  expect(chip.textContent.trim()).toBe(t('scope.documents', { count: 2 }));
  expect(chip.title).toContain('保单');
});
