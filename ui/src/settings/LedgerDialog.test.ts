import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { clearMocks, mockShell } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import LedgerDialog from './LedgerDialog.svelte';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  cleanup();
  clearMocks();
});

const made = {
  when: '2026-11-03T10:00:00Z',
  to: 'models.example',
  why: 'a model',
  bytes: 9,
  error: null,
};

test('connections are listed, and can be forbidden', async () => {
  let kept = { connections: [made], airGapped: false };
  const set_air_gapped = vi.fn(() => (kept = { ...kept, airGapped: true }));
  mockShell({ ledger: () => kept, set_air_gapped });
  render(LedgerDialog, { onclose: vi.fn() });
  await waitFor(() => expect(screen.getAllByTestId('connection')).toHaveLength(1));
  expect(screen.getByTestId('connection').textContent).toContain('models.example');
  expect(screen.getByTestId('ledger-said').textContent).toContain('2026');
  await fireEvent.click(screen.getByTestId('air-gapped'));
  expect(set_air_gapped).toHaveBeenCalledWith({ airGapped: true });
});

test('no connection is said to be none', async () => {
  mockShell({ ledger: () => ({ connections: [], airGapped: false }) });
  render(LedgerDialog, { onclose: vi.fn() });
  await waitFor(() =>
    expect(screen.getByTestId('ledger-said').textContent).toBe(
      'Nothing has left this machine, and nothing came to it.',
    ),
  );
});
