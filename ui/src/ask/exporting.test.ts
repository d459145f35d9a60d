import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clearMocks, mockShell, type Replies } from '../../test/fixtures';
import { save, saveHighlighted, type Exported } from './exporting';
import ExportMenu from './ExportMenu.svelte';
import { exportState } from './exportState.svelte';

const what: Exported = { chat: 7, title: '租约' };

beforeEach(() => {
  exportState.pictures = false;
});
afterEach(() => {
  cleanup();
  clearMocks();
});

function outcome() {
  return { saved: vi.fn(), failed: vi.fn() };
}

async function menu(replies: Replies) {
  const shell = mockShell(replies);
  const told = outcome();
  const trigger = createRawSnippet(() => ({ render: () => '<span>…</span>' }));
  render(ExportMenu, { what, label: 'Export', trigger, testid: 'menu', ...told });
  const open = () => fireEvent.click(screen.getByTestId('menu'));
  await open();
  return { ...shell, ...told, open };
}

test('images of pages go where they can be held, and this is kept', async () => {
  const export_chat = vi.fn<(args: Record<string, unknown>) => string>(() => 'a');
  const { open, saved } = await menu({ export_chat });
  const line = screen.getByTestId('export-pictures');
  expect(line.getAttribute('role')).toBe('menuitemcheckbox');
  await fireEvent.click(line);
  expect(line.getAttribute('aria-checked')).toBe('true');
  await fireEvent.click(screen.getByTestId('export-docx'));
  await open();
  expect(screen.getByTestId('export-pictures').getAttribute('aria-checked')).toBe('true');
  await fireEvent.click(screen.getByTestId('export-md'));
  await vi.waitFor(() => expect(saved).toHaveBeenCalledTimes(2));
  expect(export_chat.mock.calls.map(([args]) => [args['format'], args['pictures']])).toEqual([
    ['docx', true],
    ['md', false],
  ]);
});

test('without them a format is as it was', async () => {
  const export_chat = vi.fn(() => 'a.pdf');
  mockShell({ export_chat });
  await save({ ...what, turn: 2 }, 'pdf', outcome());
  const args = { chat: 7, turn: 2, format: 'pdf', title: '租约', pictures: false };
  expect(export_chat).toHaveBeenCalledExactlyOnceWith(args);
});

test('highlighted copies are made once at a time', async () => {
  let done: (copies: unknown) => void = () => undefined;
  const export_highlighted = vi.fn(() => new Promise((resolve) => (done = resolve)));
  const { open, saved, failed } = await menu({ export_highlighted });
  await fireEvent.click(screen.getByTestId('export-highlighted'));
  await vi.waitFor(() => expect(export_highlighted).toHaveBeenCalledWith({ chat: 7, turn: null }));
  await open();
  expect(screen.getByTestId<HTMLButtonElement>('export-highlighted').disabled).toBe(true);
  await saveHighlighted(what, outcome());
  expect(export_highlighted).toHaveBeenCalledOnce();
  done({ files: ['租约.pdf'], failed: [] });
  await vi.waitFor(() => expect(saved).toHaveBeenCalledExactlyOnceWith('租约.pdf'));
  expect(failed).not.toHaveBeenCalled();
  await vi.waitFor(() =>
    expect(screen.getByTestId<HTMLButtonElement>('export-highlighted').disabled).toBe(false),
  );
});

test('nothing is told when the person thought better of it', async () => {
  mockShell({ export_highlighted: () => null });
  const told = outcome();
  await saveHighlighted({ ...what, turn: 0 }, told);
  expect([told.saved.mock.calls, told.failed.mock.calls]).toEqual([[], []]);
  expect(exportState.highlighting).toBe(false);
});

test('what could not be copied is told by way of failing, with its documents', async () => {
  const problem = (code: string) => ({ code, message: code, hint: null });
  const failures = ['甲', '乙', '丙', '丁', '戊'].map((title) => ({
    title,
    problem: problem('document_not_found'),
  }));
  mockShell({
    export_highlighted: () => ({
      files: [],
      failed: [...failures, { title: '己', problem: problem('disk_full') }],
    }),
  });
  const { saved, failed } = outcome();
  await saveHighlighted(what, { saved, failed });
  expect(saved).not.toHaveBeenCalled();
  const problems = failed.mock.calls[0] as { code: string; message: string; of: string }[];
  expect(problems.map(({ code }) => code)).toEqual(['document_not_found', 'disk_full']);
  expect(problems[0]?.of).toMatch(/丙.*2/);
  expect(problems[0]?.of).not.toContain('丁');
  expect(problems[0]?.message).toContain('戊: document_not_found');
});

test('a refusal of it all is told too', async () => {
  const problem = { code: 'nothing_to_export', message: '', hint: null };
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the shell does
  mockShell({ export_highlighted: () => Promise.reject(problem) });
  const told = outcome();
  await saveHighlighted(what, told);
  expect(told.failed).toHaveBeenCalledExactlyOnceWith(problem);
  expect(exportState.highlighting).toBe(false);
});
