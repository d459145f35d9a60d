import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { clearMocks, hitOf, mockShell } from '../../test/fixtures';
import type { Hit, Problem, SearchMode, SearchResult } from '../backend';
import { Passages } from './passages.svelte';

const everywhere = { libraries: [], documents: [] };
const missing: Problem = { code: 'model_missing', message: 'no encoder', hint: null };

interface Asked {
  text: string;
  mode: SearchMode;
  find: (...texts: string[]) => Promise<void>;
  fail: (problem: Problem) => Promise<void>;
}

let asked: Asked[];
let passages: Passages;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  passages = new Passages();
  mockShell({
    search: ({ text, mode }) =>
      new Promise<SearchResult>((resolve, reject) => {
        const find = (...texts: string[]) => {
          const hits: Hit[] = texts.map((found, index) => hitOf(index + 1, found));
          resolve({ query: String(text), tookMs: 1, nowhere: false, hits });
          return settle();
        };
        const fail = (problem: Problem) => {
          // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as the shell does
          reject(problem);
          return settle();
        };
        asked.push({ text: String(text), mode: mode as SearchMode, find, fail });
      }),
  });
});
afterEach(() => {
  clearMocks();
  vi.useRealTimers();
});

async function settle() {
  await vi.advanceTimersByTimeAsync(0);
}

/** Types a text and rests until both searches were asked. */
async function type(text: string): Promise<{ lexical: Asked; hybrid: Asked }> {
  passages.look(text, everywhere, 20);
  await vi.advanceTimersByTimeAsync(500);
  const [lexical, hybrid] = asked.slice(-2);
  if (!lexical || !hybrid) throw new Error('not asked');
  return { lexical, hybrid };
}

const texts = () => passages.hits.map((hit) => hit.text);

test('words are asked for almost at once, their meaning when typing rests', async () => {
  passages.look('租', everywhere, 20);
  await vi.advanceTimersByTimeAsync(20);
  passages.look('租期', everywhere, 20);
  await vi.advanceTimersByTimeAsync(60);
  expect(asked.map(({ text, mode }) => [text, mode])).toEqual([['租期', 'lexical']]);
  await vi.advanceTimersByTimeAsync(200);
  expect(asked.map(({ text, mode }) => [text, mode])).toEqual([
    ['租期', 'lexical'],
    ['租期', 'hybrid'],
  ]);
});

test('words are shown until words and meaning are found', async () => {
  const { lexical, hybrid } = await type('租期');
  await lexical.find('按词');
  expect([texts(), passages.mode, passages.settled]).toEqual([['按词'], 'lexical', false]);
  await hybrid.find('按含义', '按词');
  expect([texts(), passages.mode, passages.settled]).toEqual([['按含义', '按词'], 'hybrid', true]);
});

test('words that come late do not replace words and meaning', async () => {
  const { lexical, hybrid } = await type('租期');
  await hybrid.find('按含义');
  await lexical.find('按词');
  expect([texts(), passages.mode, passages.settled]).toEqual([['按含义'], 'hybrid', true]);
});

test('what was found for an earlier text never overwrites', async () => {
  const before = await type('租');
  await before.lexical.find('租');
  const now = await type('押金');
  expect(texts()).toEqual(['租']);
  await before.hybrid.find('租，按含义');
  expect([texts(), passages.settled]).toEqual([['租'], false]);
  await now.lexical.find('押金');
  await before.lexical.find('租');
  expect(texts()).toEqual(['押金']);
});

test('the same text typed again waits for its own answers', async () => {
  const before = await type('租');
  await type('租期');
  const now = await type('租');
  await before.hybrid.find('旧');
  expect(texts()).toEqual([]);
  await now.hybrid.find('新');
  expect(texts()).toEqual(['新']);
});

test('without the model, words are shown with what is amiss', async () => {
  const { lexical, hybrid } = await type('租期');
  await hybrid.fail(missing);
  expect([passages.problem, passages.settled]).toEqual([missing, false]);
  await lexical.find('按词');
  expect([texts(), passages.mode, passages.problem]).toEqual([['按词'], 'lexical', missing]);
  expect(passages.settled).toBe(true);
  const next = await type('押金');
  await next.lexical.find('押金');
  expect(passages.problem).toEqual(missing);
  await next.hybrid.find('押金');
  expect(passages.problem).toBeNull();
});

test('a text that cannot be looked for shows no passages of another', async () => {
  const before = await type('租期');
  await before.hybrid.find('租期');
  const syntax: Problem = { code: 'query_syntax', message: 'a quotation mark is open', hint: null };
  const { lexical, hybrid } = await type('"租期');
  await lexical.fail(syntax);
  await hybrid.fail(syntax);
  expect([texts(), passages.mode, passages.settled]).toEqual([[], null, true]);
  expect(passages.problem).toEqual(syntax);
  const after = await type('"租期"');
  await after.lexical.find('租期');
  expect([texts(), passages.problem]).toEqual([['租期'], null]);
});

test('words that fail are forgotten once words and meaning are found', async () => {
  const { lexical, hybrid } = await type('租期');
  await lexical.fail(missing);
  await hybrid.find('按含义');
  expect([texts(), passages.problem]).toEqual([['按含义'], null]);
});

test('without a text there is nothing, and nothing comes late', async () => {
  const { lexical, hybrid } = await type('租期');
  await lexical.find('按词');
  passages.look('', everywhere, 20);
  await hybrid.find('按含义');
  expect([texts(), passages.mode, passages.settled]).toEqual([[], null, true]);
});

test('once stopped nothing is asked and nothing arrives', async () => {
  const { lexical } = await type('租期');
  passages.look('押金', everywhere, 20);
  passages.stop();
  await vi.advanceTimersByTimeAsync(500);
  await lexical.find('按词');
  expect([asked.length, texts()]).toEqual([2, []]);
});
