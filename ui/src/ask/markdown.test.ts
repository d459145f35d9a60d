import { expect, test } from 'vitest';
import { BREAK, code, heading, list, paragraph, quote, run, said, table } from '../../test/blocks';
import type { AnswerBlock } from '../backend';
import { markdownOf, plainOf } from './markdown';

function check(blocks: AnswerBlock[], markdown: string, plain = markdown) {
  expect(markdownOf(blocks)).toBe(markdown);
  expect(plainOf(blocks)).toBe(plain);
}

test('blocks are written down one below the other', () => {
  check(
    [
      heading(3, said(0, '租期')),
      paragraph(said(1, '两年', 1, '。'), [BREAK], said(2, '押金另计。')),
      quote(paragraph(said(3, 'a')), paragraph(said(4, 'b'))),
      { kind: 'rule' },
      code('x\n```\ny'),
    ],
    '### 租期\n\n两年[1]。  \n押金另计。\n\n> a\n> \n> b\n\n---\n\n````\nx\n```\ny\n````',
  );
});

test('points keep their numbers and what they hold', () => {
  const inner = list(null, [paragraph(said(1, 'b'))], []);
  check(
    [list(9, [paragraph(said(0, 'a')), inner], [paragraph(said(2, 'c')), code('d\n\ne')])],
    '9. a\n   - b\n   -\n10. c\n\n    ```\n    d\n\n    e\n    ```',
  );
});

test('a table has its bars, and none of its letters is one', () => {
  check(
    [table([said(0, '文档'), said(0, '数')], [said(1, 'a|b'), [...said(1, 'c'), BREAK, run('d')]])],
    '| 文档 | 数 |\n| --- | --: |\n| a\\|b | c d |',
  );
});

test('emphasis is closed at its words, and joined over sentences', () => {
  const bold = (text: string, sentence: number) => run(text, { bold: true, sentence });
  check(
    [paragraph([bold(' 租期', 0), bold('两年 ', 1), run('x', { bold: true, italic: true })])],
    '**租期两年** ***x***',
    '租期两年 x',
  );
  check(
    [paragraph([run('a', { strike: true }), run(' `b', { code: true })])],
    '~~a~~ `` `b ``',
    'a `b',
  );
});

test('signs of Markdown that are none are kept from being some', () => {
  check(
    [
      paragraph(said(0, '# a*b_c [7] <i>')),
      paragraph(said(1, '1. x')),
      paragraph(said(2, '3.2 水温')),
    ],
    '\\# a\\*b\\_c \\[7\\] \\<i\\>\n\n1\\. x\n\n3.2 水温',
    '# a*b_c [7] <i>\n\n1. x\n\n3.2 水温',
  );
});
