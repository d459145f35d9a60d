import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, mockShell } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import CarryDialog from './CarryDialog.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const library = { id: 3, name: 'Tea', documents: 2, ready: 2, pages: 2, passages: 9 };

test('a library is saved with the files, and what is missing is told', async () => {
  const out = { file: 'Tea.yinju', documents: 2, conversations: 1, missing: ['oolong.pdf'] };
  const export_library = vi.fn(() => out);
  mockShell({ export_library });
  render(CarryDialog, { library, onclose: vi.fn() });
  await fireEvent.click(screen.getByTestId('carry-originals'));
  await fireEvent.click(screen.getByText('Save…'));
  await waitFor(() => expect(screen.getByRole('status').textContent).toContain('Tea.yinju'));
  expect(export_library).toHaveBeenCalledWith({ library: 3, originals: true });
  expect(screen.getByTestId('carry-dialog').textContent).toContain('oolong.pdf');
});
