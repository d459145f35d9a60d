import { expect, test } from 'vitest';
import {
  BREAK,
  code,
  heading,
  list,
  paragraph,
  quote,
  run,
  said,
  sentencesOf,
  table,
} from '../../test/blocks';
import { answer } from '../../test/fixtures';
import type { AnswerBlock } from '../backend';
import { withoutUnsupported } from './shown';

/** Sentence 0 is supported, 1 is not, 2 in part. */
const sentences = sentencesOf('supported', 'unsupported', 'partial');
const [kept, gone, partly] = [said(0, 'A', 1, '.'), said(1, 'B', 2, '.'), said(2, 'C.')];
const space = said(null, ' ');

function check(blocks: AnswerBlock[], expected: AnswerBlock[]) {
  expect(withoutUnsupported(blocks, sentences)).toEqual({ blocks: expected, hidden: 1 });
}

test('sentences without support go, with their markers', () => {
  const short = withoutUnsupported(answer.blocks, answer.sentences);
  expect(short.hidden).toBe(1);
  expect(short.blocks).toEqual([
    paragraph(
      said(0, '租期共二十四个月，自 2024 年 3 月 1 日起', 1, '。'),
      said(1, '每月租金为 6500 元', 2, '。'),
    ),
  ]);
});

test('where all is borne out, or in part, everything stays', () => {
  const blocks = [paragraph(kept), list(null, [paragraph(said(null, '–'))], []), code('x', 2)];
  expect(withoutUnsupported(blocks, sentencesOf('partial'))).toEqual({ blocks, hidden: 0 });
  check([paragraph(kept, space, partly)], [paragraph(kept, space, partly)]);
});

test('the space after a sentence goes with it, and the one that is left at the end', () => {
  check([paragraph(kept, space, gone, space, partly)], [paragraph(kept, space, partly)]);
  check([paragraph(kept, space, gone)], [paragraph(kept)]);
  check([paragraph(gone, [BREAK], kept)], [paragraph(kept)]);
});

test('what is left without a word goes, but for what had none', () => {
  check([paragraph(said(1, '**'), gone, said(null, '—')), paragraph(kept)], [paragraph(kept)]);
  const dash = paragraph(said(null, '—'));
  check([dash, heading(3, gone), quote(paragraph(gone)), code('b', 1)], [dash]);
  check([paragraph(gone, [run('7', { code: true })])], [paragraph([run('7', { code: true })])]);
});

test('a point goes with its words, and the others keep their numbers', () => {
  const [a, b, c] = [[paragraph(kept)], [paragraph(gone)], [paragraph(partly)]];
  check([list(null, a, b, c)], [list(null, a, c)]);
  check([list(1, b, a, c)], [list(2, a, c)]);
  check([list(1, a, b, b, c)], [list(1, a), list(4, c)]);
  check([list(1, b)], []);
  check([list(null, [...b, list(1, b, a)], [])], [list(null, [list(2, a)], [])]);
});

test('a table keeps its head, but no row without words', () => {
  const head = [gone, said(null, 's')];
  check([table(head, [said(null, 'd'), gone])], [table(head, [said(null, 'd'), []])]);
  check([table(head, [gone, gone], [kept, []])], [table(head, [kept, []])]);
  check([table(head, [[], gone])], [table(head)]);
});
