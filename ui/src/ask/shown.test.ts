import { expect, test } from 'vitest';
import { answer } from '../../test/fixtures';
import type { Support } from './segments';
import { withoutUnsupported } from './shown';

function check(text: string, sentences: [string, Support][], expected: string, hidden = 1) {
  const given = sentences.map(([words, support]) => ({ text: words, markers: [], support }));
  expect(withoutUnsupported(text, given)).toEqual({ text: expected, hidden });
}

test('sentences without support go, with the markers after them', () => {
  expect(withoutUnsupported(answer.text, answer.sentences)).toEqual({
    text: '租期共二十四个月，自 2024 年 3 月 1 日起[1]。每月租金为 6500 元[2]。',
    hidden: 1,
  });
  check(
    'A is B. [3] C is D [1].',
    [
      ['A is B.', 'unsupported'],
      ['C is D.', 'supported'],
    ],
    'C is D [1].',
  );
});

test('no bullet and no emphasis is left alone on a line', () => {
  check('1. **A is B.**\n2. C', [['A is B.', 'unsupported']], '2. C');
  check('- A.\n- C.', [['A.', 'unsupported']], '- C.');
});

test('partial support is shown, and lines that were bare stay', () => {
  check('A.\n\n- \nB.', [['A.', 'partial']], 'A.\n\n- \nB.', 0);
  check('C.\n\nB.', [['B.', 'unsupported']], 'C.');
});

test('a table keeps its bars and its head, but no row without words', () => {
  const head = '| d | s |\n| --- | --- |\n';
  check(`${head}| A | B [1] |\n| C | D |`, [['B', 'unsupported']], `${head}| A | |\n| C | D |`);
  check(`${head}| A | B |\n| C | D |`, [['C D', 'unsupported']], `${head}| A | B |`);
  check(`${head}| A | B |`, [['d s', 'unsupported']], `${head}| A | B |`);
});
