import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, mockShell, type Replies } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import BackupDialog from './BackupDialog.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const copy = { number: 4, made: '2026-11-29T12:00:00Z', bytes: 3_000_000, reason: 'regular' };
const damaged = { ...copy, number: 5, reason: 'damaged' };

async function dialog(replies: Replies = {}, props: { making?: boolean } = {}) {
  const restore_backup = vi.fn();
  const make_backup = vi.fn(() => copy);
  mockShell({ backups: () => [damaged, copy], restore_backup, make_backup, ...replies });
  render(BackupDialog, { onclose: vi.fn(), ...props });
  await waitFor(() => expect(screen.getAllByTestId('backup')).toHaveLength(2));
  return { restore_backup, make_backup };
}

test('a copy is used only after a question, and a damaged file cannot be', async () => {
  const { restore_backup } = await dialog();
  await fireEvent.click(screen.getByTestId('restore'));
  expect(screen.getByTestId('restore-dialog').textContent).toContain('copy 4');
  expect(restore_backup).not.toHaveBeenCalled();
  await fireEvent.click(screen.getByText('Use the copy and start again'));
  expect(restore_backup).toHaveBeenCalledWith({ number: 4 });
});

test('a copy is made when it is asked for', async () => {
  const { make_backup } = await dialog();
  await fireEvent.click(screen.getByText('Make a copy now'));
  expect(make_backup).toHaveBeenCalled();
  expect(await screen.findByText('A copy was made.')).toBeTruthy();
});

test('where nothing is open none can be made', async () => {
  await dialog({}, { making: false });
  expect(screen.getByText<HTMLButtonElement>('Make a copy now').disabled).toBe(true);
});

test('why one cannot be used is said', async () => {
  const problem = { code: 'disk_full', message: '', hint: null };
  const restore_backup = () => Promise.reject(Object.assign(new Error(), problem));
  await dialog({ restore_backup });
  await fireEvent.click(screen.getByTestId('restore'));
  await fireEvent.click(screen.getByText('Use the copy and start again'));
  expect((await screen.findByTestId('problem')).dataset['code']).toBe('disk_full');
});
