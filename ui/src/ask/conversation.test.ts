import { afterEach, expect, test } from 'vitest';
import { answer, clearMocks, evidence, mockShell, stream } from '../../test/fixtures';
import { Conversation } from './conversation.svelte';

afterEach(clearMocks);

const everywhere = { libraries: [], documents: [] };

test('an answer streams in and is replaced by the checked one', async () => {
  const phases: string[] = [];
  const conversation = new Conversation();
  mockShell({
    ask: (args) => {
      const turn = () => conversation.turns[0];
      stream(args, [{ type: 'retrieving' }, { type: 'evidence', evidence }]);
      phases.push(turn()?.phase ?? '');
      stream(args, [
        { type: 'token', text: '租期' },
        { type: 'token', text: '[1] [9]' },
      ]);
      phases.push(turn()?.phase ?? '', turn()?.text ?? '');
      return stream(args, [{ type: 'done', answer }]);
    },
  });
  await conversation.ask(answer.question, everywhere, '', false);
  expect(phases).toEqual(['reading', 'writing', '租期[1] [9]']);
  expect(conversation.turns[0]).toMatchObject({ phase: 'done', text: answer.text });
  expect(conversation.id).toBe(7);
  expect(conversation.citations).toHaveLength(2);
});

test('a refusal keeps what came nearest', async () => {
  const conversation = new Conversation();
  const nearest = evidence.map(({ hit }) => hit);
  const refusal = { code: 'not_in_documents' as const, nearest, unreadablePages: [] };
  mockShell({
    ask: (args) =>
      stream(args, [
        { type: 'refused', refusal },
        { type: 'done', answer: { ...answer, text: '', refusal, citations: [] } },
      ]),
  });
  await conversation.ask('？', everywhere, '', false);
  expect(conversation.turns[0]?.refusal?.nearest).toHaveLength(2);
});

test('stopping is not a failure, and what was written stays', async () => {
  const conversation = new Conversation();
  const cancelled = { code: 'cancelled', message: 'stopped', hint: null };
  mockShell({
    ask: (args) =>
      stream(args, [
        { type: 'token', text: '租期' },
        { type: 'failed', problem: cancelled },
      ]),
  });
  await conversation.ask('？', everywhere, '', false);
  expect(conversation.turns[0]).toMatchObject({ phase: 'stopped', text: '租期', problem: null });
});

test('an answer that comes after one left does not take the new conversation over', async () => {
  const conversation = new Conversation();
  mockShell({
    ask: (args) => {
      conversation.begin();
      return stream(args, [{ type: 'done', answer }]);
    },
  });
  await conversation.ask('？', everywhere, '', false);
  expect(conversation.id).toBeNull();
  expect(conversation.turns).toEqual([]);
});
