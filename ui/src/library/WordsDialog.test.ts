import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, mockShell, type Replies } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import WordsDialog from './WordsDialog.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const library = { id: 3, name: 'Tea', documents: 1, ready: 1, pages: 2, passages: 9 };

async function dialog(replies: Replies = {}) {
  const set_library_words = vi.fn();
  const onclose = vi.fn();
  mockShell({ library_words: () => 'Heyi Hall', set_library_words, ...replies });
  render(WordsDialog, { library, onclose });
  const field = screen.getByTestId<HTMLTextAreaElement>('words-field');
  await waitFor(() => expect(field.readOnly).toBe(false));
  return {
    set_library_words,
    onclose,
    field,
    save: screen.getByText<HTMLButtonElement>('Save'),
    write: (value: string) => fireEvent.input(field, { target: { value } }),
    told: () => document.getElementById('words-count')?.textContent.replace(/\s+/g, ' ').trim(),
  };
}

test('words are read, counted and kept', async () => {
  const { field, save, write, told, set_library_words, onclose } = await dialog();
  expect([field.value, told(), save.disabled]).toEqual(['Heyi Hall', '1 word', true]);
  await write('Heyi Hall\nLLM = large language model');
  expect([told(), save.disabled]).toEqual(['2 words · 1 with other names', false]);
  await fireEvent.click(save);
  expect(set_library_words).toHaveBeenCalledWith({
    library: 3,
    words: 'Heyi Hall\nLLM = large language model',
  });
  await waitFor(() => expect(onclose).toHaveBeenCalled());
});

test('what is no word is told by its line', async () => {
  const { write, told } = await dialog();
  await write(`tea\n${'x'.repeat(61)}\n…`);
  expect(told()).toContain('1 word Something on lines 2 and 3 is left out');
});

test('what was typed is not lost by Esc', async () => {
  const { field, write, onclose } = await dialog();
  await write('tea');
  await fireEvent.keyDown(field, { key: 'Escape' });
  expect(onclose).not.toHaveBeenCalled();
  await fireEvent.click(screen.getByTestId('discard'));
  expect(onclose).toHaveBeenCalled();
});

test('a refusal is said, and the words stay', async () => {
  const problem = { code: 'disk_full', message: '', hint: null };
  const set_library_words = () => Promise.reject(Object.assign(new Error(), problem));
  const { field, save, write, onclose } = await dialog({ set_library_words });
  await write('tea');
  await fireEvent.click(save);
  expect((await screen.findByTestId('problem')).dataset['code']).toBe('disk_full');
  expect([field.value, onclose.mock.calls.length]).toEqual(['tea', 0]);
});
