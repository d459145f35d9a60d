import { afterEach, beforeEach, expect, test } from 'vitest';
import { languageChoice } from '../shared/i18n.svelte';
import { difference, differenceSpan, figure, span, verdictOf, verdictText } from './figures';

beforeEach(() => {
  languageChoice.value = 'en';
});
afterEach(() => {
  languageChoice.value = 'system';
});

const interval = (low: number, mean: number, high: number) => ({ low, mean, high });

test('shares are percentages, the reciprocal rank is a number', () => {
  expect(figure('recall1', 2 / 3)).toBe('67%');
  expect(figure('mrr10', 2 / 3)).toBe('0.67');
  expect(span('recall5', interval(0.52, 0.8, 1))).toBe('52% to 100%');
  languageChoice.value = 'zh';
  expect(span('mrr10', interval(0.5, 0.8, 1))).toBe('0.50 至 1.00');
});

test('differences have a sign, nothing has none', () => {
  expect(difference('recall1', 0.117)).toBe('+12 points');
  expect(difference('recall1', -0.001)).toBe('0 points');
  expect(difference('mrr10', -0.083)).toBe('−0.08');
  expect(differenceSpan('recall1', interval(-0.03, 0.12, 0.27))).toBe('−3 to +27');
  expect(differenceSpan('mrr10', interval(0, 0.1, 0.25))).toBe('0.00 to +0.25');
});

test('a difference counts when its interval holds no nought and enough questions changed', () => {
  expect(verdictOf(interval(0.02, 0.1, 0.2), 6)).toBe('better');
  expect(verdictOf(interval(-0.2, -0.1, -0.02), 9)).toBe('worse');
  expect(verdictOf(interval(0, 0.1, 0.2), 9)).toBe('untold');
  expect(verdictOf(interval(-0.1, 0.1, 0.2), 9)).toBe('untold');
  expect(verdictOf(interval(1, 1, 1), 5)).toBe('few');
  expect(verdictOf(interval(0, 0, 0), 0)).toBe('same');
});

test('verdicts are plain words', () => {
  expect(verdictText('better', 20, 8)).toBe('B is better');
  expect(verdictText('worse', 20, 8)).toBe('A is better');
  expect(verdictText('untold', 20, 8)).toBe('No difference can be told with 20 questions');
  expect(verdictText('few', 20, 1)).toBe('1 question came out differently: too few to tell');
});
