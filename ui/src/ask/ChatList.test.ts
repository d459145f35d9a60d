import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { chatOf, clearMocks, mockShell } from '../../test/fixtures';
import ChatList from './ChatList.svelte';

afterEach(() => {
  cleanup();
  clearMocks();
});

function list(replies = {}) {
  const shell = mockShell(replies);
  const actions = {
    open: vi.fn(),
    rename: vi.fn(),
    pin: vi.fn(),
    export: vi.fn(),
    highlight: vi.fn(),
    remove: vi.fn(),
  };
  const chats = [chatOf(1, { title: '租约', pinned: true }), chatOf(2, { title: 'Kettles' })];
  render(ChatList, { chats, chosen: 1, actions, onproblem: vi.fn() });
  return { actions, chats, ...shell };
}

async function choose(item: string, row = 0) {
  const more = screen.getAllByTestId('chat-more')[row];
  if (more) await fireEvent.click(more);
  await fireEvent.click(screen.getByTestId(item));
}

test('a conversation is renamed in its place', async () => {
  const { actions } = list();
  await choose('chat-rename');
  const field = screen.getByTestId<HTMLInputElement>('chat-title');
  expect(field.value).toBe('租约');
  await fireEvent.input(field, { target: { value: ' 押金 ' } });
  await fireEvent.keyDown(field, { key: 'Enter', keyCode: 229 });
  expect(actions.rename).not.toHaveBeenCalled();
  await fireEvent.keyDown(field, { key: 'Enter' });
  expect(actions.rename).toHaveBeenCalledExactlyOnceWith(1, '押金');
  expect(screen.queryByTestId('chat-title')).toBeNull();
});

test('Esc leaves the name as it was, and so does an empty one', async () => {
  const { actions } = list();
  for (const [value, key] of [
    ['x', 'Escape'],
    [' ', 'Enter'],
  ] as const) {
    await choose('chat-rename');
    const field = screen.getByTestId('chat-title');
    await fireEvent.input(field, { target: { value } });
    await fireEvent.keyDown(field, { key });
  }
  expect(actions.rename).not.toHaveBeenCalled();
});

test('the menu pins, and it exports without leaving', async () => {
  const { actions, chats } = list();
  await choose('chat-pin');
  expect(actions.pin).toHaveBeenCalledWith(1, false);
  await choose('chat-export', 1);
  await fireEvent.click(screen.getByTestId('export-gbt7714'));
  expect(actions.export).toHaveBeenCalledWith(chats[1], 'gbt7714');
  await choose('chat-export', 1);
  await fireEvent.click(screen.getByTestId('export-highlighted'));
  expect(actions.highlight).toHaveBeenCalledWith(chats[1]);
});

test('the menu begins anew after it was left at the formats', async () => {
  list();
  await choose('chat-export');
  expect(screen.queryByTestId('chat-pin')).toBeNull();
  await fireEvent.keyDown(screen.getByTestId('export-md'), { key: 'Escape' });
  await fireEvent.contextMenu(screen.getAllByTestId('chat-row')[0] ?? document.body);
  expect(screen.getByTestId('chat-pin')).toBeTruthy();
});

test('keys rename and remove, after a question', async () => {
  const { actions } = list();
  const [row] = screen.getAllByTestId('chat-row');
  if (row) await fireEvent.keyDown(row, { key: 'Delete' });
  const dialog = screen.getByRole('dialog', { hidden: true });
  expect(dialog.textContent).toContain('租约');
  const confirm = dialog.querySelector('button[type=submit]');
  if (confirm) await fireEvent.click(confirm);
  expect(actions.remove).toHaveBeenCalledWith(1);
  if (row) await fireEvent.keyDown(row, { key: 'F2' });
  expect(screen.getByTestId('chat-title')).toBeTruthy();
});

test('only conversations with the words are shown, and it is said when there are none', async () => {
  const find = vi.fn((args: Record<string, unknown>) =>
    args['words'] === '押金' ? [] : [chatOf(2, { title: 'Kettles' })],
  );
  list({ find_chats: find });
  const field = screen.getByTestId('chat-search');
  await fireEvent.input(field, { target: { value: 'kettle' } });
  await waitFor(() => expect(screen.getAllByTestId('chat-row')).toHaveLength(1));
  await fireEvent.input(field, { target: { value: '押金' } });
  await waitFor(() => expect(screen.queryAllByTestId('chat-row')).toHaveLength(0));
  expect(screen.getByRole('status').textContent.trim()).not.toBe('');
  await fireEvent.keyDown(field, { key: 'Escape' });
  expect(screen.getAllByTestId('chat-row')).toHaveLength(2);
  expect(find).toHaveBeenCalledTimes(2);
});
