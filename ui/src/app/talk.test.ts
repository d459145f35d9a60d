import { afterEach, expect, test, vi } from 'vitest';
import { answer, chatOf, clearMocks, mockShell, provenance, stream } from '../../test/fixtures';
import { t, wordingOf } from '../shared/i18n.svelte';
import { Workspace } from './workspace.svelte';

afterEach(clearMocks);

const generator = { id: 'g', kind: 'generator', title: 'G', installed: true, isDefault: true };

async function opened(replies = {}, scope = { libraries: [1], documents: [] }) {
  const shell = mockShell({
    chats: () => [chatOf(7)],
    models: () => [generator],
    chat: () => ({ id: 7, title: '租约', scope, turns: [answer, answer] }),
    ask: (args: Record<string, unknown>) => stream(args, [{ type: 'done', answer }]),
    ...replies,
  });
  const workspace = new Workspace();
  workspace.start();
  await vi.waitFor(() => expect(workspace.loaded).toBe(true));
  await workspace.talk.open(7);
  return { workspace, talk: workspace.talk, ...shell };
}

test('a conversation looks again where it looked, as far as that is there', async () => {
  expect((await opened()).workspace.scope).toEqual({ kind: 'library', id: 1 });
  const gone = await opened({}, { libraries: [9], documents: [] });
  expect(gone.workspace.scope).toEqual({ kind: 'all' });
});

test('another model answers although a table is wanted', async () => {
  const requests: unknown[] = [];
  const { workspace, talk } = await opened({
    ask: (args: Record<string, unknown>) => {
      requests.push(args['request']);
      return stream(args, [{ type: 'done', answer }]);
    },
  });
  workspace.mode = 'compare';
  await talk.askAgain({ model: 'g', temperature: 0, seed: null, reasons: true });
  await talk.askAgain();
  workspace.mode = 'answer';
  expect(requests).toMatchObject([
    { again: true, mode: 'answer', model: 'g', temperature: 0, seed: null, reasons: true },
    { again: true, mode: 'compare', model: null, temperature: null, reasons: false },
  ]);
});

test('an answer is given again as it was given, and a refusal is answered all the same', async () => {
  const requests: unknown[] = [];
  const listed = { ...answer, provenance: { ...provenance, mode: 'extract' as const } };
  const { workspace, talk } = await opened({
    chat: () => ({
      id: 7,
      title: '租约',
      scope: { libraries: [], documents: [] },
      turns: [listed],
    }),
    ask: (args: Record<string, unknown>) => {
      requests.push(args['request']);
      return stream(args, [{ type: 'done', answer: listed }]);
    },
  });
  workspace.mode = 'compare';
  await talk.askAgain();
  await talk.answerAnyway();
  await talk.askAgain();
  await talk.answerBelieving();
  await talk.askAgain();
  await talk.ask('押金？');
  workspace.mode = 'answer';
  expect(requests).toMatchObject([
    { again: true, mode: 'extract', strictness: null, believe: false },
    { again: true, mode: 'extract', strictness: -1, believe: false },
    { again: true, mode: 'extract', strictness: -1, believe: false },
    { again: true, mode: 'extract', strictness: -1, believe: true },
    { again: true, mode: 'extract', strictness: -1, believe: true },
    { again: false, mode: 'compare', strictness: null, believe: false },
  ]);
});

test('copies that were made are counted, and those that were not are named', async () => {
  const problem = { code: 'disk_full', message: 'full', hint: null };
  const locked = { code: 'password_required', message: 'locked', hint: null };
  const failed = [
    { title: '甲', problem },
    { title: '乙', problem: locked },
    { title: '丙', problem },
  ];
  const { workspace, talk } = await opened({
    export_highlighted: () => ({ files: ['a.pdf', 'b.pdf'], failed }),
  });
  await talk.highlight(chatOf(7));
  expect(workspace.notice).toBe(t('chat.exported_copies', { count: 2 }));
  expect(workspace.problems.map(({ code }) => code)).toEqual(['disk_full', 'password_required']);
  expect(workspace.problem?.message).toBe('甲: full; 丙: full');
  expect(wordingOf(workspace.problem ?? problem).message).toContain(t('problem.disk_full'));
  expect(wordingOf(workspace.problem ?? problem).message).toContain('丙');
  talk.saved('a.pdf');
  expect(workspace.notice).toBe(t('chat.exported', { name: 'a.pdf' }));
  workspace.problem = null;
  expect(workspace.problems).toEqual([]);
});

test('a changed question is asked in a conversation of its own, and one is told', async () => {
  const { workspace, talk, calls } = await opened({ branch_chat: () => 9 });
  talk.edit();
  const editing = talk.conversation.editing;
  expect(editing).toBe(talk.conversation.turns[1]);
  if (editing) await talk.branch(editing, '押金？');
  expect(calls.indexOf('branch_chat')).toBeLessThan(calls.indexOf('ask'));
  expect(workspace.notice).not.toBe('');
  expect(talk.conversation.editing).toBeNull();
  expect(talk.conversation.turns).toHaveLength(2);
});

test('with its last answer a conversation goes', async () => {
  const { talk, calls } = await opened();
  for (const turn of [...talk.conversation.turns]) await talk.removeTurn(turn);
  expect(calls.filter((call) => call === 'remove_turn')).toHaveLength(2);
  expect(calls).toContain('remove_chat');
  expect(talk.conversation.id).toBeNull();
});

test('a new name stands above the conversation too', async () => {
  let title = '对话 7';
  const { talk } = await opened({
    chats: () => [chatOf(7, { title })],
    rename_chat: (args: Record<string, unknown>) => {
      title = String(args['title']);
    },
  });
  await talk.rename(7, '押金');
  expect(talk.conversation.title).toBe('押金');
});

test('what goes wrong is shown', async () => {
  const problem = { code: 'chat_not_found', message: '', hint: null };
  const { workspace, talk } = await opened({
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the shell does
    pin_chat: () => Promise.reject(problem),
  });
  await talk.pin(7, true);
  expect(workspace.problem).toEqual(problem);
});
