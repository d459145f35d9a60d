import { afterEach, expect, test } from 'vitest';
import { paragraph, said } from '../../test/blocks';
import { answer, clearMocks, evidence, mockShell, stream } from '../../test/fixtures';
import { Conversation } from './conversation.svelte';
import { AS_USUAL } from './question';

afterEach(clearMocks);

const way = {
  scope: { libraries: [], documents: [] },
  scopeName: '',
  mode: 'answer' as const,
  how: AS_USUAL,
  strictness: null,
  believe: false,
};
const begun = [paragraph(said(0, '租期'))];

test('an answer streams in and is replaced by the checked one', async () => {
  const phases: string[] = [];
  const written = [paragraph(said(0, '租期', 1, ' ', 9))];
  const conversation = new Conversation();
  mockShell({
    ask: (args) => {
      const turn = () => conversation.turns[0];
      stream(args, [{ type: 'retrieving' }, { type: 'evidence', evidence }]);
      phases.push(turn()?.phase ?? '');
      stream(args, [
        { type: 'token', text: '租期', blocks: begun },
        { type: 'token', text: '[1] [9]', blocks: written },
      ]);
      expect(turn()?.blocks).toBe(written);
      phases.push(turn()?.phase ?? '', turn()?.text ?? '');
      return stream(args, [{ type: 'done', answer }]);
    },
  });
  await conversation.ask(answer.question, way);
  expect(phases).toEqual(['reading', 'writing', '租期[1] [9]']);
  const { text, blocks } = answer;
  expect(conversation.turns[0]).toMatchObject({ phase: 'done', text, blocks, reasoning: '' });
  expect(conversation.id).toBe(7);
  expect(conversation.citations).toHaveLength(2);
});

test('a refusal keeps what came nearest', async () => {
  const conversation = new Conversation();
  const nearest = evidence.map(({ hit }) => hit);
  const refusal = { code: 'not_in_documents' as const, nearest, missing: [], unreadablePages: [] };
  mockShell({
    ask: (args) =>
      stream(args, [
        { type: 'refused', refusal },
        { type: 'done', answer: { ...answer, text: '', refusal, citations: [] } },
      ]),
  });
  await conversation.ask('？', way);
  expect(conversation.turns[0]?.refusal?.nearest).toHaveLength(2);
});

test('stopping is not a failure, and what was written stays', async () => {
  const conversation = new Conversation();
  const cancelled = { code: 'cancelled', message: 'stopped', hint: null };
  mockShell({
    ask: (args) =>
      stream(args, [
        { type: 'token', text: '租期', blocks: begun },
        { type: 'failed', problem: cancelled },
      ]),
  });
  await conversation.ask('？', way);
  const left = { text: '租期', blocks: begun, problem: null };
  expect(conversation.turns[0]).toMatchObject({ phase: 'stopped', ...left });
});

test('a model that thinks does so before it writes', async () => {
  const phases: string[] = [];
  const conversation = new Conversation();
  mockShell({
    ask: (args) => {
      const turn = () => conversation.turns[0];
      const words = ['先看', '租期'].map((text) => ({ type: 'reasoning' as const, text }));
      stream(args, [{ type: 'evidence', evidence }, ...words]);
      phases.push(turn()?.phase ?? '', turn()?.reasoning ?? '', String(turn()?.busy));
      stream(args, [{ type: 'token', text: '租期', blocks: begun }]);
      phases.push(turn()?.phase ?? '');
      return stream(args, [{ type: 'done', answer: { ...answer, reasoning: '先看租期。' } }]);
    },
  });
  await conversation.ask('？', way);
  expect(phases).toEqual(['thinking', '先看租期', 'true', 'writing']);
  expect(conversation.turns[0]?.reasoning).toBe('先看租期。');
});

test('an answer that comes after one left does not take the new conversation over', async () => {
  const conversation = new Conversation();
  mockShell({
    ask: (args) => {
      conversation.begin();
      return stream(args, [{ type: 'done', answer }]);
    },
  });
  await conversation.ask('？', way);
  expect(conversation.id).toBeNull();
  expect(conversation.turns).toEqual([]);
});

const failed = { code: 'worker_crashed', message: '', hint: null };

/** A conversation of three questions; the second failed, so nothing was kept of it. */
async function talked(replies = {}) {
  let asked = 0;
  const requests: Record<string, unknown>[] = [];
  const shell = mockShell({
    ask: (args) => {
      requests.push(args['request'] as Record<string, unknown>);
      asked += 1;
      return stream(args, [
        asked === 2 ? { type: 'failed', problem: failed } : { type: 'done', answer },
      ]);
    },
    ...replies,
  });
  const conversation = new Conversation();
  for (const question of ['一', '二', '三']) await conversation.ask(question, way);
  return { conversation, requests, ...shell };
}

test('the newest question is asked again in its own place', async () => {
  const { conversation, requests } = await talked();
  const how = { model: 'other', temperature: 0.7, seed: 5, reasons: true };
  await conversation.askAgain({ ...way, how, believe: true });
  const told = { question: '三', chat: 7, again: true, believe: true, ...how };
  expect(requests.at(-1)).toMatchObject(told);
  expect(conversation.turns.map(({ question }) => question)).toEqual(['一', '二', '三']);
});

test('an answer that is heard after its question was dealt with is not lost', async () => {
  const { conversation } = await talked();
  const again = { ...answer, text: '再答' };
  mockShell({
    ask: (args) => {
      setTimeout(() => stream(args, [{ type: 'done', answer: again }]), 20);
      return null;
    },
  });
  await conversation.askAgain(way);
  expect(conversation.turns.at(-1)).toMatchObject({ phase: 'done', text: '再答' });
});

test('an answer stays when the next one fails', async () => {
  const { conversation } = await talked();
  const kept = conversation.turns.at(-1);
  mockShell({ ask: (args) => stream(args, [{ type: 'failed', problem: failed }]) });
  await conversation.askAgain(way);
  expect(conversation.turns.at(-1)).toBe(kept);
  expect(kept).toMatchObject({ phase: 'done', problem: failed });
});

test('what failed is no answer to replace', async () => {
  const { conversation, requests } = await talked();
  conversation.turns = conversation.turns.slice(0, 2);
  await conversation.askAgain(way);
  expect(requests.at(-1)).toMatchObject({ question: '二', again: false });
  expect(conversation.turns).toHaveLength(2);
});

test('a branch takes over what was answered before', async () => {
  let branched: unknown;
  const { conversation } = await talked({
    branch_chat: (args: unknown) => {
      branched = args;
      return 12;
    },
  });
  const last = conversation.turns[2];
  expect(last && (await conversation.branch(last, '四'))).toBe('branch');
  expect(branched).toEqual({ chat: 7, turns: 1, question: '四' });
  expect(conversation).toMatchObject({ id: 12, title: '四' });
  expect(conversation.turns.map(({ question }) => question)).toEqual(['一']);
});

test('with nothing before it a branch is simply a new conversation', async () => {
  const { conversation, calls } = await talked();
  const first = conversation.turns[0];
  expect(first && (await conversation.branch(first, '四'))).toBe('branch');
  expect(conversation).toMatchObject({ id: null, turns: [] });
  expect(calls).not.toContain('branch_chat');
});

test('a turn is removed by its number among those that were kept', async () => {
  let removed: unknown;
  const { conversation } = await talked({
    remove_turn: (args: unknown) => {
      removed = args;
    },
  });
  const [, second, third] = conversation.turns;
  if (third) await conversation.remove(third);
  expect(removed).toEqual({ chat: 7, ordinal: 1 });
  removed = null;
  if (second) await conversation.remove(second);
  expect(removed).toBeNull();
  expect(conversation.turns).toHaveLength(1);
});

test('an answer that was stopped breaks off', async () => {
  const conversation = new Conversation();
  mockShell({
    ask: (args) => stream(args, [{ type: 'done', answer: { ...answer, interrupted: true } }]),
  });
  await conversation.ask('？', way);
  expect(conversation.turns[0]?.interrupted).toBe(true);
});

test('what failed is asked otherwise in its place', async () => {
  const { conversation, calls } = await talked();
  conversation.turns = conversation.turns.slice(0, 2);
  const failure = conversation.turns[1];
  expect(failure && (await conversation.branch(failure, '四'))).toBe('here');
  expect(conversation.turns).toHaveLength(1);
  expect(calls).not.toContain('branch_chat');
});

test('a branch is given up when another conversation is opened meanwhile', async () => {
  const { conversation } = await talked({
    branch_chat: () => {
      conversation.begin();
      return 12;
    },
  });
  const last = conversation.turns[2];
  expect(last && (await conversation.branch(last, '四'))).toBeNull();
  expect(conversation.id).toBeNull();
});
