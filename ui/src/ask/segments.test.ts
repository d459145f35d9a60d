import { expect, test } from 'vitest';
import {
  blocksOf,
  finishedSentences,
  firstMarkers,
  stretched,
  stretchesOf,
  type Inline,
  type Support,
} from './segments';

function shown(inlines: Inline[]): string {
  return inlines
    .map((inline) =>
      inline.kind === 'marker'
        ? `[${inline.marker}]`
        : `${inline.strong ? '*' : ''}${inline.support ?? ''}:${inline.text}`,
    )
    .join('|');
}

function check(text: string, sentences: [string, Support][], expected: string[]) {
  const given = sentences.map(([words, support]) => ({ text: words, markers: [], support }));
  const found = blocksOf(text, given).map((block) => {
    const bullet = block.kind === 'table' ? [] : [block.bullet].filter(Boolean);
    return [...bullet, ...stretchesOf(block).map(shown)].join('|');
  });
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

/** The cells of the only table, row by row. */
function checkTable(text: string, expected: string[][], writing = false) {
  const [block, ...others] = blocksOf(text, [], writing);
  if (block?.kind !== 'table') throw new Error(`no table: ${text}`);
  expect(others).toEqual([]);
  expect([block.head, ...block.rows].map((row) => row.map(shown))).toEqual(expected);
}

test('a table has a head, rows, and markers in its cells', () => {
  checkTable('| 文档 | 说法 |\n| --- | --- |\n| 甲 | **两**年[1][2] |\n| 乙 | |', [
    [':文档', ':说法'],
    [':甲', '*:两|:年|[1]|[2]'],
    [':乙', ''],
  ]);
});

test('bars after a backslash are letters, and outer bars may be missing', () => {
  checkTable('a | b\\|c\n--- | ---\nx\\|y\\|z[1] | \\|', [
    [':a', ':b|c'],
    [':x|y|z|[1]', ':|'],
  ]);
});

test('rows that are too short are filled, of those too long nothing is lost', () => {
  checkTable('| a | b |\n| --- | --- |\n| 1 |\n| 1 | 2 | 3 |', [
    [':a', ':b'],
    [':1', ''],
    [':1', ':2 | 3'],
  ]);
});

test('words around a table are no part of it, nor are bars without a line of dashes', () => {
  const kinds = (text: string) => blocksOf(text).map(({ kind }) => kind);
  expect(kinds('前文\n| a |\n| - |\n| 1 |\n后文\n\n| b |')).toEqual([
    'paragraph',
    'table',
    'paragraph',
    'paragraph',
  ]);
  expect(kinds('a | b\n---')).not.toContain('table');
  expect(kinds('| a | b |\n| 1 | 2 |')).not.toContain('table');
});

test('a table is one from its first bar on while it is written', () => {
  const whole = '| a | b |\n| --- | :-: |\n| 1 | 2 |';
  for (let end = 1; end <= whole.length; end++) {
    const blocks = blocksOf(whole.slice(0, end), [], true);
    expect(blocks.map(({ kind }) => kind)).toEqual(['table']);
  }
  checkTable('| a | b |\n| -', [[':a', ':b']], true);
  checkTable(
    '| a | b |\n| --- | --- |\n| 1 | 2 [',
    [
      [':a', ':b'],
      [':1', ':2 ['],
    ],
    true,
  );
  expect(blocksOf('| a | b |').map(({ kind }) => kind)).toEqual(['paragraph']);
});

test('sentences keep their support in cells', () => {
  check(
    '| d | s |\n| --- | --- |\n| A | B \\| is. C [1]. |',
    [
      ['B | is.', 'partial'],
      ['C.', 'unsupported'],
    ],
    [':d|:s|:A|partial:B | is.|: |unsupported:C |[1]|unsupported:.'],
  );
});

test('the first place of a marker is found in cells too', () => {
  const blocks = blocksOf('| a[2] |\n| - |\n| b[1][2] |\n\nc[1]');
  const first = firstMarkers(blocks);
  const places = blocks.flatMap(stretchesOf).map((inlines) => inlines.filter((i) => first.has(i)));
  expect(places.map((marks) => marks.map(({ kind }) => kind))).toEqual([
    ['marker'],
    ['marker'],
    [],
  ]);
});

test('a marker is tied to the letter before it and the stop behind it', () => {
  const tiedOf = (text: string) =>
    blocksOf(text)
      .flatMap(stretchesOf)
      .map((inlines) =>
        stretched(inlines)
          .map(({ tied, inlines: some }) => {
            const words = some.map((i) => (i.kind === 'text' ? i.text : `[${i.marker}]`)).join('');
            return tied ? `<${words}>` : words;
          })
          .join(''),
      );
  const check = (text: string, tied: string) => expect(tiedOf(text)).toEqual([tied]);
  check('没有标记。', '没有标记。');
  check('租期三年[1]。押金另计。 [2]', '租期三<年[1]。>押金另<计。[2]>');
  check('every Thursday [1][2]. “So” [3]', 'every Thursda<y[1]><[2].> “S<o”[3]>');
  check('[1] and (x) [2] (y)', '<[1]> and (<x)[2]> (y)');
  check('**租期** [1] [2]', '租<期[1]><[2]>');
});

test('of a table its cells are read out', () => {
  expect(finishedSentences('| 文档 | 说法 |\n| --- | --- |\n| 甲 | a\\|b[1] |\n| 乙')).toEqual([
    '文档; 说法',
    '甲; a|b',
  ]);
});
