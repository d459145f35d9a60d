import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, documentOf, mockShell, referenceOf, type Replies } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import ReferenceSection from './ReferenceSection.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const tea = referenceOf({ title: 'Keeping tea', authors: ['A. Turing'], date: '1950' });

async function section(replies: Replies = {}) {
  const set_bibliography = vi.fn();
  mockShell({ bibliography: () => tea, set_bibliography, ...replies });
  render(ReferenceSection, { document: documentOf() });
  const line = await screen.findByTestId('reference-line');
  await fireEvent.click(screen.getByTestId('reference-edit'));
  return {
    set_bibliography,
    line: () => line.textContent,
    save: screen.getByText<HTMLButtonElement>('Save'),
    field: (name: string) => screen.getByTestId<HTMLInputElement>(`reference-${name}`),
    choose: (value: string) =>
      fireEvent.change(screen.getByTestId('reference-kind'), { target: { value } }),
    write: async (name: string, value: string) => {
      const field = screen.getByTestId(`reference-${name}`);
      await fireEvent.input(field, { target: { value } });
      await fireEvent.change(field);
    },
  };
}

test('a reference is corrected, and reads at once as it is kept', async () => {
  const { line, save, field, choose, write, set_bibliography } = await section();
  expect([line(), save.disabled]).toEqual(['A. Turing (1950). Keeping tea.', true]);
  await choose('article');
  await write('container', 'Mind');
  await write('doi', 'https://doi.org/10.1093/mind/LIX.236.433');
  await write('authors', 'Turing, Alan\n\nKnuth, Donald E.');
  expect(field('doi').value).toBe('10.1093/mind/LIX.236.433');
  const reads =
    'Turing, Alan; Knuth, Donald E. (1950). Keeping tea. Mind. doi:10.1093/mind/LIX.236.433.';
  expect(screen.getByTestId('reference-preview').textContent.trim()).toBe(reads);
  await fireEvent.click(save);
  expect(set_bibliography.mock.calls[0]?.[0]).toEqual({
    document: 1,
    bibliography: {
      ...tea,
      kind: 'article',
      container: 'Mind',
      doi: '10.1093/mind/LIX.236.433',
      authors: ['Turing, Alan', 'Knuth, Donald E.'],
    },
  });
  await waitFor(() => expect(screen.queryByTestId('reference-dialog')).toBeNull());
  expect(line()).toBe(reads);
});

test('fields are those of the kind; what is filled in stays in sight', async () => {
  const { choose, write, field } = await section();
  const more = screen.getByTestId<HTMLDetailsElement>('reference-more');
  expect([more.open, more.contains(field('volume'))]).toEqual([false, true]);
  await choose('article');
  expect(more.contains(field('volume'))).toBe(false);
  expect(screen.getByText('Journal')).toBeTruthy();
  await write('volume', '59');
  await choose('thesis');
  expect([more.open, field('volume').value]).toEqual([true, '59']);
  expect(screen.getByText('University')).toBeTruthy();
});

test('a date that is none is told once it was left, and not kept', async () => {
  const { save, field, write } = await section();
  await fireEvent.input(field('date'), { target: { value: 'May' } });
  expect(field('date').getAttribute('aria-invalid')).toBe('false');
  await fireEvent.change(field('date'));
  expect(screen.getByText(/Write it as 2021/)).toBeTruthy();
  expect([field('date').getAttribute('aria-invalid'), save.disabled]).toEqual(['true', true]);
  await write('date', '1950年10月');
  expect([field('date').value, save.disabled]).toEqual(['1950-10', false]);
});

test('what is missing is said', async () => {
  await section({ bibliography: () => ({ ...tea, kind: 'article', authors: [] }) });
  expect(screen.getByText(/missing: Authors and Journal/)).toBeTruthy();
});
