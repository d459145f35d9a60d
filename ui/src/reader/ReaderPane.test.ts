import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, documentOf, lease, mockShell } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import ReaderPane from './ReaderPane.svelte';

// pdf.js asks for what only a browser has.
vi.mock('pdfjs-dist', () => ({ TextLayer: vi.fn() }));
vi.mock('./open', () => ({ openDocument: () => Promise.reject(new Error('none')) }));

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const regions = [{ page: 2, boxes: [] }];
const page = {
  number: 2,
  label: null,
  blocks: [{ kind: 'paragraph', level: 0, text: '租期三年。', marks: [[0, 2]], table: null }],
};
const actions = () => ({
  item: undefined,
  canGoBack: false,
  onback: vi.fn(),
  onclose: vi.fn(),
  onpage: vi.fn(),
  onrecognise: vi.fn(),
  ondetails: vi.fn(),
  onread: vi.fn(),
  onnow: vi.fn(),
});

test('of a file that changed since, the page is shown that was quoted', async () => {
  const page_texts = vi.fn(() => [page]);
  mockShell({ page_texts });
  const stored = documentOf({ sha256: 'other' });
  const all = actions();
  render(ReaderPane, {
    props: { target: { document: lease, page: 2, regions }, stored, ...all },
  });
  await waitFor(() => expect(page_texts).toHaveBeenCalled());
  const asked = { document: 1, sha256: lease.sha256, pages: [1, 2, 3, 4, 5, 6, 7, 8], regions };
  expect(page_texts).toHaveBeenCalledWith(asked);
  await fireEvent.click(screen.getByText('Show it as it is now'));
  expect(all.onnow).toHaveBeenCalledWith(stored, 2);
});

test('what cannot be drawn is set from its text', async () => {
  const page_texts = vi.fn(() => [page]);
  mockShell({ page_texts });
  const document = { ...lease, fileName: '租赁合同.docx' };
  const stored = documentOf({ fileName: document.fileName, pages: 12 });
  render(ReaderPane, {
    props: { target: { document, page: 2, regions }, stored, ...actions() },
  });
  await waitFor(() => expect(page_texts).toHaveBeenCalled());
  expect(screen.getByText('of 12')).toBeTruthy();
  expect(screen.queryByTestId('reader-earlier')).toBeNull();
});
