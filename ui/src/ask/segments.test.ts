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
import type { AnswerBlock, Inline } from '../backend';
import {
  endsDoubt,
  finishedSentences,
  firstMarkers,
  lastSaid,
  saidIn,
  stretched,
  type Code,
} from './segments';

function shown(one: Inline[] | Code | undefined): string {
  if (!Array.isArray(one)) return one?.text ?? '';
  const words = one.map((inline) => {
    if (inline.kind === 'run') return inline.text;
    return inline.kind === 'break' ? '/' : `[${inline.marker}]`;
  });
  return words.join('');
}

const nested = [
  heading(2, said(0, '租约')),
  list(
    null,
    [paragraph(said(1, '甲')), list(1, [paragraph(said(2, '一', 1))], [quote(code('x', 3))])],
    [paragraph(said(4, '乙', 2, 1))],
  ),
  { kind: 'rule' } satisfies AnswerBlock,
  table([said(5, '文档'), said(6, '数')], [said(7, '丙', 3), []]),
];

test('everything is said in reading order, whatever holds it', () => {
  const all = nested.flatMap(saidIn).map(shown);
  expect(all).toEqual(['租约', '甲', '一[1]', 'x', '乙[2][1]', '文档', '数', '丙[3]', '']);
});

test('the first place of a marker is found in lists and cells too', () => {
  const first = firstMarkers(nested);
  const lines = nested.flatMap(saidIn).filter((one) => Array.isArray(one));
  const places = lines.map((line) => shown(line.filter((inline) => first.has(inline))));
  expect(places).toEqual(['', '', '[1]', '[2]', '', '', '[3]', '']);
});

test('the caret stands behind the last words', () => {
  expect(shown(lastSaid(nested))).toBe('丙[3]');
  expect(shown(lastSaid([...nested, code('y')]))).toBe('y');
  expect(lastSaid([])).toBeUndefined();
  const begun = table([[], []]);
  expect(lastSaid([begun])).toBe(saidIn(begun)[0]);
});

function checkTied(line: Inline[], tied: string) {
  const stretches = stretched(line).map(({ tied, inlines }) => {
    return tied ? `<${shown(inlines)}>` : shown(inlines);
  });
  expect(stretches.join('')).toBe(tied);
}

test('a marker is tied to the letter before it and the stop behind it', () => {
  checkTied(said(0, '没有标记。'), '没有标记。');
  checkTied(said(0, '租期三年', 1, '。押金另计。 ', 2), '租期三<年[1]。>押金另<计。[2]>');
  const thrice = said(0, 'every Thursday ', 1, 2, '. “So” ', 3);
  checkTied(thrice, 'every Thursda<y[1]><[2].> “S<o”[3]>');
  checkTied(said(0, 1, ' and (x) ', 2, ' (y)'), '<[1]> and (<x)[2]> (y)');
  const strong = [run('租期', { bold: true }), ...said(0, ' ', 1, ' ', 2)];
  checkTied(strong, '租<期[1]><[2]>');
  checkTied([...said(0, '甲'), BREAK, ...said(0, 1, '。')], '甲/<[1]。>');
});

test('the reason of a doubt is told once, where its sentence ends', () => {
  const sentences = sentencesOf('unsupported', 'supported', 'partial');
  const line = [
    ...said(0, '甲', 1, '。'),
    ...said(1, '乙。'),
    ...said(null, ' '),
    ...said(2, '丙'),
  ];
  const told = line.map((_, at) => endsDoubt(line, at, sentences));
  expect(told).toEqual([false, false, true, false, false, true]);
  expect(line.some((_, at) => endsDoubt(line, at, []))).toBe(false);
});

test('only finished sentences are read out', () => {
  const written = paragraph(
    said(0, '一', 1, '。'),
    said(1, '二！'),
    said(null, ' '),
    said(2, '三'),
  );
  expect(finishedSentences([written])).toEqual(['一。', '二！']);
  expect(finishedSentences([])).toEqual([]);
  const after = [list(1, [paragraph(said(0, 'A '), [run('b', { sentence: 0 })])]), code('x', 1)];
  expect(finishedSentences([...after, paragraph(said(2, 'C'))])).toEqual(['A b', 'x']);
});

test('of a row its cells are read out', () => {
  const rows = table(
    [said(0, '文档'), said(0, '说法')],
    [said(1, '甲'), said(1, 'a|b', 1)],
    [said(2, '乙'), []],
  );
  expect(finishedSentences([rows])).toEqual(['文档; 说法', '甲; a|b']);
});
