import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, mockShell } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import FoldersDialog from './FoldersDialog.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const library = { id: 3, name: 'Tea', documents: 1, ready: 1, pages: 2, passages: 9 };

test('folders are listed with what is gone, added and dropped', async () => {
  let folders = [{ id: 7, folder: '/papers', gone: ['old/oolong.pdf'] }];
  const unwatch_folder = vi.fn(() => {
    folders = [];
  });
  const watch_folder = vi.fn(() => {
    folders = [...folders, { id: 8, folder: '/more', gone: [] }];
    return true;
  });
  mockShell({ watched_folders: () => folders, watch_folder, unwatch_folder });
  render(FoldersDialog, { library, onclose: vi.fn() });
  const listed = () =>
    screen.queryAllByTestId('watched-folder').map((row) => row.textContent.replace(/\s+/g, ' '));
  await waitFor(() => expect(listed()).toHaveLength(1));
  expect(listed()[0]).toContain('/papers');
  expect(listed()[0]).toContain('1 file is gone and kept: old/oolong.pdf');
  await fireEvent.click(screen.getByText('Follow a folder…'));
  await waitFor(() => expect(listed()).toHaveLength(2));
  expect(watch_folder).toHaveBeenCalledWith({ library: 3 });
  await fireEvent.click(screen.getAllByText('Stop following')[0] as HTMLElement);
  await waitFor(() => expect(listed()).toHaveLength(0));
  expect(unwatch_folder).toHaveBeenCalledWith({ watch: 7 });
});
