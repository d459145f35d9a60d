import { expect, test } from 'vitest';
import { blocksOf, finishedSentences, type Support } from './segments';

function check(text: string, sentences: [string, Support][], expected: string[]) {
  const given = sentences.map(([words, support]) => ({ text: words, markers: [], support }));
  const found = blocksOf(text, given).map(({ bullet, inlines }) =>
    [
      bullet,
      ...inlines.map((inline) =>
        inline.kind === 'marker'
          ? `[${inline.marker}]`
          : `${inline.strong ? '*' : ''}${inline.support ?? ''}:${inline.text}`,
      ),
    ]
      .filter(Boolean)
      .join('|'),
  );
  expect(found).toEqual(expected);
}

test('markers are cut out of the words', () => {
  check(
    '甲方付款[1][12]。乙方',
    [],
    [':甲方付款|[1]|[12]|:。|:乙方'.replace('|:。|:乙方', '|:。乙方')],
  );
});

test('sentences keep their support around markers and line breaks', () => {
  check(
    'A is B [1]. C is\nD [2].',
    [
      ['A is B.', 'supported'],
      ['C is D.', 'unsupported'],
    ],
    ['supported:A is B |[1]|supported:.|: |unsupported:C is', 'unsupported:D |[2]|unsupported:.'],
  );
});

test('lists and emphasis', () => {
  check('1. **Rent**: 5\n- b', [], ['1.|*:Rent|::  5'.replace('  ', ' '), '•|:b']);
});

test('the number of a section is no list', () => {
  check('3.2 水温', [], [':3.2 水温']);
  check('**3** 克', [], ['*:3|: 克']);
  check('2、乙', [], ['2、|:乙']);
});

test('a sentence that is not in the text changes nothing', () => {
  check('abc', [['xyz', 'unsupported']], [':abc']);
});

test('only finished sentences are read out', () => {
  expect(finishedSentences('一[1]。二！三')).toEqual(['一。', '二！']);
  expect(finishedSentences('Version 1.5 is out. Not')).toEqual(['Version 1.5 is out.']);
});
