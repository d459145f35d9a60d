import { expect, test } from 'vitest';
import { ASK_MODES, needsModel, possibleMode } from './question';

test('without a language model quotations stand in for what is written', () => {
  expect(ASK_MODES.filter(needsModel)).toEqual(['answer', 'digest']);
  expect(possibleMode('answer', false)).toBe('quotes');
  expect(possibleMode('digest', false)).toBe('summary');
  expect(possibleMode('extract', false)).toBe('extract');
  expect(possibleMode('digest', true)).toBe('digest');
});
