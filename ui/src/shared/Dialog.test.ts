import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import Dialog from './Dialog.svelte';
import { languageChoice } from './i18n.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(cleanup);

function dialog(over = {}) {
  const acts = { onconfirm: vi.fn(), onclose: vi.fn() };
  const children = createRawSnippet(() => ({ render: () => '<input aria-label="Name">' }));
  render(Dialog, { label: 'Rename', confirm: 'Save', children, ...acts, ...over });
  const field = screen.getByLabelText<HTMLInputElement>('Name');
  field.focus();
  return { ...acts, field, esc: () => fireEvent.keyDown(field, { key: 'Escape' }) };
}

test('Esc closes it where nothing would be lost', async () => {
  const { onclose, esc } = dialog();
  await esc();
  expect(onclose).toHaveBeenCalledOnce();
});

test('what was typed is lost only on purpose', async () => {
  const { onclose, esc, field } = dialog({ unsaved: true });
  await esc();
  expect(onclose).not.toHaveBeenCalled();
  expect(screen.getByRole('alert').textContent).toBe('Your changes are not saved.');
  expect(document.activeElement).toBe(screen.getByTestId('keep-editing'));
  await fireEvent.click(screen.getByTestId('keep-editing'));
  expect(document.activeElement).toBe(field);
  await fireEvent.click(screen.getByText('Cancel'));
  await fireEvent.click(screen.getByTestId('discard'));
  expect(onclose).toHaveBeenCalledOnce();
});

test('keys of an input method neither close nor confirm', async () => {
  const { onclose, field } = dialog();
  await fireEvent.keyDown(field, { key: 'Escape', isComposing: true });
  expect(onclose).not.toHaveBeenCalled();
  expect(await fireEvent.keyDown(field, { key: 'Enter', isComposing: true })).toBe(false);
});

test('the focus returns when it is taken away', () => {
  const before = document.body.appendChild(document.createElement('button'));
  before.focus();
  dialog();
  cleanup();
  expect(document.activeElement).toBe(before);
  before.remove();
});
