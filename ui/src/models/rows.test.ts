import { expect, test } from 'vitest';
import { encoderOf, modelOf } from '../../test/own';
import { encoderRows } from './rows';

const best = modelOf('multilingual-e5-small');
const models = [
  modelOf('bge-m3', { installed: false }),
  modelOf('m3e-base'),
  best,
  modelOf('qwen3-4b', { kind: 'generator' }),
];
const ids = (rows: { id: string }[]) => rows.map(({ id }) => id);

test('those of this machine come first: the one in use, then the best', () => {
  const { here, others } = encoderRows(models, [encoderOf('m3e-base', { inUse: true })]);
  expect(ids(here)).toEqual(['m3e-base', 'multilingual-e5-small']);
  expect(ids(others)).toEqual(['bge-m3']);
});

test('vectors are shown where there are some, the model being here or not', () => {
  const kept = [
    encoderOf(best.id, { inUse: true }),
    encoderOf('bge-m3', { done: 7 }),
    encoderOf('gone'),
  ];
  const { here } = encoderRows(models, kept);
  expect(ids(here)).toEqual([best.id, 'bge-m3', 'm3e-base', 'gone']);
  expect(here.map(({ vectors }) => vectors?.done ?? null)).toEqual([40, 7, null, 40]);
  expect(here.map(({ installed }) => installed)).toEqual([true, false, true, false]);
});
