import { afterEach, expect, test } from 'vitest';
import { clearMocks, mockShell, type Replies } from '../../test/fixtures';
import { encoderOf, runOf } from '../../test/own';
import { Testing } from './testing.svelte';

afterEach(clearMocks);

const question = { id: 1, question: '租期多长？', document: 1, first: 2, last: 2 };
const difference = { mean: 0, low: 0, high: 0 };

async function started(replies: Replies = {}) {
  const asked: Record<string, unknown>[] = [];
  mockShell({
    own_questions: () => [question],
    own_runs: () => [runOf(2, [1]), runOf(1, [3])],
    encoders: () => [encoderOf('multilingual-e5-small', { inUse: true }), encoderOf('m3e-base')],
    compare_own_runs: (args) => {
      asked.push(args);
      return { questions: 1, difference: { recall1: difference } };
    },
    ...replies,
  });
  const testing = new Testing();
  await testing.load();
  return { testing, asked };
}

test('what the shell keeps is shown, the latest run first', async () => {
  const { testing } = await started();
  expect(testing.questions).toEqual([question]);
  expect(testing.inUse).toBe('multilingual-e5-small');
  expect(testing.shown?.id).toBe(2);
  testing.show(1);
  expect(testing.shown?.id).toBe(1);
});

test('a question is kept with its pages, and the draft is ready for the next', async () => {
  let added: unknown;
  const { testing } = await started({
    add_own_question: (args) => {
      added = args;
      return 2;
    },
  });
  testing.draft = { question: ' 押金？ ', document: 1, first: 4, last: null };
  await testing.add();
  expect(added).toEqual({ question: '押金？', document: 1, first: 4, last: 4 });
  expect(testing.draft).toEqual({ question: '', document: 1, first: null, last: null });
});

test('a refused question stays in the draft', async () => {
  const problem = { code: 'question_too_long', message: '', hint: null };
  const { testing } = await started({
    add_own_question: () => Promise.reject(Object.assign(new Error(), problem)),
  });
  testing.draft = { question: '押金？', document: 1, first: 4, last: 4 };
  await testing.add();
  expect(testing.problem?.code).toBe('question_too_long');
  expect(testing.draft.question).toBe('押金？');
});

test('a run tells how far it is and is shown when it is done', async () => {
  const { testing } = await started({
    run_own_questions: (args) => {
      const channel = args['updates'] as { onmessage: (progress: unknown) => void };
      channel.onmessage({ preparing: false, done: 1, total: 1 });
      return runOf(3, [1]);
    },
  });
  const run = testing.run();
  expect(testing.running).toBe(true);
  expect(await run).toBe(true);
  expect(testing.headway.progress?.done).toBe(1);
  expect(testing.running).toBe(false);
  expect(testing.shown?.id).toBe(3);
});

test('a stopped run is no problem', async () => {
  const problem = { code: 'cancelled', message: '', hint: null };
  const { testing } = await started({
    run_own_questions: () => Promise.reject(Object.assign(new Error(), problem)),
  });
  expect(await testing.run()).toBe(false);
  expect(testing.problem).toBeNull();
});

test('two runs are compared, the earlier first, however they were chosen', async () => {
  const runs = [runOf(3, [1]), runOf(2, [1]), runOf(1, [3])];
  const { testing, asked } = await started({ own_runs: () => runs });
  await testing.choose(2);
  expect(testing.sideBySide).toBeNull();
  await testing.choose(1);
  expect(asked.at(-1)).toEqual({ first: 1, second: 2 });
  await testing.choose(3);
  expect(testing.chosen).toEqual([1, 3]);
  expect(testing.sideBySide?.second.id).toBe(3);
  await testing.removeRun(1);
  expect(testing.chosen).toEqual([3]);
  expect(testing.sideBySide).toBeNull();
});
