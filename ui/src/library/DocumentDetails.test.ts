import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Document, ImportItem } from '../backend';
import { clearMocks, documentOf, mockShell } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import DocumentDetails from './DocumentDetails.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const scanned = documentOf({
  pages: 3,
  coverage: { text: 1, ocr: 1, mixed: 0, empty: 1, garbled: 0, failed: 0, needsOcr: 1 },
});

function details(document: Document, over = {}, replies = {}) {
  mockShell(replies);
  const acts = {
    onpage: vi.fn(),
    onrecognise: vi.fn(),
    onrecognisewith: vi.fn(),
    onretry: vi.fn(),
    oncancel: vi.fn(),
    onreveal: vi.fn(),
    onclose: vi.fn(),
  };
  const props = {
    document,
    item: undefined,
    refusal: null,
    importing: false,
    reading: null,
    ...acts,
    ...over,
  };
  return { ...acts, ...render(DocumentDetails, props) };
}

test('it says how much was read, and what of it was not', async () => {
  const { onpage } = details(scanned);
  const remarks = await screen.findByTestId('remarks');
  expect(screen.getAllByRole('option')).toHaveLength(3);
  expect(screen.getByRole('status').textContent.trim()).toBe(
    '2 of 3 pages read · 1 needs recognition',
  );
  const legend = screen.getByTestId('page-legend');
  expect(legend.textContent).not.toContain('Blank');
  const remark = remarks.querySelector('[data-code=needs_ocr] button');
  expect(remark?.textContent.trim()).toBe('Page 3');
  await fireEvent.click(remark as HTMLElement);
  expect(onpage).toHaveBeenCalledWith(scanned, 3);
});

test('unread pages are recognised unless others are chosen', async () => {
  const { onrecognise } = details(scanned);
  const button = await screen.findByTestId('recognise');
  expect(button.textContent.trim()).toBe('Recognise the unread page');
  await fireEvent.click(button);
  expect(onrecognise).toHaveBeenLastCalledWith(1, [3]);
  for (const cell of screen.getAllByRole('option').slice(0, 2)) {
    await fireEvent.click(cell, { ctrlKey: true });
  }
  await fireEvent.click(screen.getByTestId('recognise'));
  expect(onrecognise).toHaveBeenLastCalledWith(1, [1, 2]);
  expect(screen.queryAllByRole('option', { selected: true })).toHaveLength(0);
});

test('while pages are recognised their number is told and one can stop', async () => {
  const item: ImportItem = {
    document: 1,
    fileName: scanned.fileName,
    stage: 'parse',
    done: 1,
    total: 3,
    recognising: true,
    secondsLeft: 2,
    problem: null,
  };
  const { oncancel } = details(scanned, { item, importing: true });
  expect(screen.getByRole('status').textContent).toContain('Recognising page 1 of 3');
  await fireEvent.click(screen.getByTestId('details-stop'));
  expect(oncancel).toHaveBeenCalledWith(1);
});

test('a wrong password is said calmly, and the field stays for the next', async () => {
  const locked = (code: string) =>
    documentOf({
      status: 'failed',
      pages: 0,
      coverage: { text: 0, ocr: 0, mixed: 0, empty: 0, garbled: 0, failed: 0, needsOcr: 0 },
      problem: { code, message: '', hint: null },
    });
  const { onretry, rerender } = details(locked('password_required'), {}, { pages: () => [] });
  const field = screen.getByTestId<HTMLInputElement>('password-input');
  await fireEvent.input(field, { target: { value: 'guess' } });
  await fireEvent.click(screen.getByTestId('password-unlock'));
  expect(onretry).toHaveBeenCalledWith(1, 'guess');
  await rerender({ importing: true });
  expect(screen.queryByTestId('problem')).toBeNull();
  await rerender({ importing: false });
  await rerender({ document: locked('wrong_password') });
  expect(screen.getByTestId('problem').dataset['code']).toBe('wrong_password');
  expect(screen.getByTestId('password-input')).toBe(field);
  await rerender({ document: scanned });
  expect(screen.queryByTestId('password-input')).toBeNull();
});

test('pages of a locked file are recognised once its password is given', async () => {
  const refusal = { code: 'password_required', message: '', hint: null };
  const { onretry, onrecognisewith } = details(scanned, { refusal });
  const field = screen.getByTestId<HTMLInputElement>('password-input');
  await fireEvent.input(field, { target: { value: 'yinju' } });
  await fireEvent.click(screen.getByTestId('password-unlock'));
  expect(onrecognisewith).toHaveBeenCalledWith(1, 'yinju');
  expect(onretry).not.toHaveBeenCalled();
});

test('files inside the file are listed', async () => {
  details(scanned, {}, { attachments: () => ['accounts.xlsx', 'notes.txt'] });
  await waitFor(() =>
    expect(screen.getByTestId('attachments').textContent).toMatch(/accounts\.xlsx.*notes\.txt/s),
  );
});
