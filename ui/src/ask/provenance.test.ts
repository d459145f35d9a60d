import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer, citations, evidence, provenance } from '../../test/fixtures';
import { modelOf } from '../../test/own';
import { languageChoice } from '../shared/i18n.svelte';
import { citedAs, facts, scoresOf } from './provenance';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterAll(() => {
  languageChoice.value = 'system';
});

function told(over: Partial<typeof answer>) {
  const models = [modelOf('multilingual-e5-small', { title: 'E5 small' })];
  const found = facts({ ...answer, ...over }, models);
  return Object.fromEntries(found.map(({ label, value }) => [label.slice(4), value]));
}

test('everything is told that is known', () => {
  expect(told({ provenance })).toEqual({
    mode: 'Answer',
    encoder: 'E5 small',
    model: 'qwen2.5-coder-0.5b-instruct · q4_k_m',
    architecture: 'qwen2',
    device: 'the processor',
    temperature: '0.7',
    seed: '42',
    time: 'passages found in 12 ms · first word after 800 ms · done after 4.1 sec',
    tokens: '900 read, 60 written · 18.2 per second',
    version: '0.1.0',
  });
});

test('what took no time is not timed', () => {
  const cost = { ...answer.cost, retrieveMs: 0.3, firstTokenMs: null, totalMs: 56 };
  expect(told({ provenance, cost })['time']).toBe('done after 56 ms');
});

test('a seed counts for nothing at temperature 0', () => {
  const { temperature, seed } = told({ provenance: { ...provenance, temperature: 0 } });
  expect([temperature, seed]).toEqual(['0', undefined]);
});

test('answers of older versions tell what they can', () => {
  expect(Object.keys(told({ provenance: null }))).toEqual(['model', 'time', 'tokens']);
  expect(told({ model: null })['model']).toMatch(/word for word/);
});

test('a passage tells what it was found by, the nearest measure of likeness first', () => {
  const values = (scores: Parameters<typeof scoresOf>[0]) =>
    scoresOf(scores).map(({ label, value }) => [label.slice(4), value]);
  const scores = { cosine: 0.8, bm25: 12.345, coverage: 0.667, late: 0.91234 };
  expect(values(scores)).toEqual([
    ['similarity', '0.91'],
    ['coverage', '67%'],
    ['bm25', '12.35'],
  ]);
  expect(values({ cosine: 0.8, bm25: null, coverage: null, late: null })).toEqual([
    ['similarity', '0.80'],
  ]);
  expect(values({ cosine: null, bm25: null, coverage: 0, late: null })).toEqual([
    ['coverage', '0%'],
  ]);
});

test('a passage is cited under the numbers its words are quoted by', () => {
  const [first, second] = evidence.map(({ hit }) => hit);
  const [quoted] = citations;
  if (!first || !second || !quoted) throw new Error('no fixtures');
  const hit = { ...first, text: 'Of one pas-\nsage two sentences. Both are quoted.' };
  const quotes = ['Of one passage two sentences.', 'Both are quoted.', 'Neither is this.'];
  const given = quotes.map((quote, at) => ({ ...quoted, marker: at + 1, quote }));
  expect(citedAs(hit, given)).toEqual([1, 2]);
  expect(citedAs({ ...hit, document: { ...hit.document, id: 99 } }, given)).toEqual([]);
  expect(citedAs(second, given)).toEqual([]);
});
