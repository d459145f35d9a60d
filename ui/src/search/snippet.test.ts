import { expect, test } from 'vitest';
import { snippetOf } from './snippet';

/** Marks every occurrence of some words. */
function marksOf(text: string, words: string[]): [number, number][] {
  const marks = words.flatMap((word) =>
    [...text.matchAll(new RegExp(word, 'giu'))].map(({ index, 0: found }): [number, number] => [
      index,
      index + found.length,
    ]),
  );
  return marks.sort(([a], [b]) => a - b);
}

/** The snippet with its marked words in brackets. */
function shown(text: string, marks: [number, number][]): string {
  return snippetOf(text, marks)
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join('');
}

function check(text: string, words: string[], expected: string) {
  expect(shown(text, marksOf(text, words))).toBe(expected);
}

const FILLER = 'The weather was mild and nothing of note happened on that day. ';
const 闲话 = '这一天风和日丽，没有发生什么值得记录的事情。';

test('a short passage is shown whole, its white space folded', () => {
  check(
    ' The  lease\n runs for\ttwo years. ',
    ['lease', 'years'],
    'The [lease] runs for two [years].',
  );
  check('租期\n共二十四个月。', ['租期'], '[租期] 共二十四个月。');
  check('', [], '');
});

test('touching marks are one, and a mark may hold a space', () => {
  expect(
    snippetOf('租赁期限为两年', [
      [0, 2],
      [2, 4],
    ]),
  ).toEqual([
    { text: '租赁期限', marked: true },
    { text: '为两年', marked: false },
  ]);
  check('the exact\n phrase here', ['exact\\s+phrase'], 'the [exact phrase] here');
});

test('a long passage is cut around its marks, at sentences', () => {
  const text = `${FILLER.repeat(6)}The tenant pays the deposit within ten days. ${FILLER.repeat(6)}`;
  check(
    text,
    ['tenant', 'deposit'],
    '…The [tenant] pays the [deposit] within ten days. The weather was mild and nothing of note happened on that day.…',
  );
});

test('Chinese is cut at sentences and takes half as many characters', () => {
  const text = `${闲话.repeat(6)}乙方应于十日内支付押金。${闲话.repeat(6)}`;
  check(text, ['押金'], `…乙方应于十日内支付[押金]。${闲话.repeat(3)}…`);
});

test('where no sentence ends nearby, words and clauses stay whole', () => {
  const words = Array.from({ length: 80 }, (_, i) => `word${i}`).join(' ');
  const cut = shown(words, marksOf(words, ['word40']));
  expect(cut).toMatch(/^…word\d+ .*\[word40\].* word\d+…$/);
  const clauses = '没有句号的长段，一个分句接着一个分句，'.repeat(12).replace(/一个分句/, '押金');
  expect(shown(clauses, marksOf(clauses, ['押金']))).toMatch(/^没有句号.*\[押金\].*，…$/);
});

test('the stretch with most of the different words is chosen', () => {
  const text = `The lease, the lease, the lease. ${FILLER.repeat(5)}This lease has a deposit. ${FILLER.repeat(5)}`;
  expect(shown(text, marksOf(text, ['lease', 'deposit']))).toContain(
    'This [lease] has a [deposit].',
  );
});

test('without marks the beginning is shown', () => {
  expect(shown(FILLER.repeat(6), [])).toBe(`${FILLER.repeat(2).trim()}…`);
});

test('a mark at the end is shown with what leads to it', () => {
  const cut = shown(
    `${FILLER.repeat(6)}It ends here.`,
    marksOf(`${FILLER.repeat(6)}It ends here.`, ['here']),
  );
  expect(cut).toMatch(/^…The weather.*It ends \[here\]\.$/);
});

test('a few characters before are not cut off a sentence', () => {
  const text = `第三条 租赁期限\n${'租期到了，'.repeat(14)}租金也到了。${闲话.repeat(4)}`;
  const cut = shown(text, marksOf(text, ['租赁', '租期', '租金']));
  expect(cut).toMatch(/^第三条 \[租赁\].*\[租金\]/);
});

test('a number or an abbreviation does not end a sentence', () => {
  const text =
    `${'x'.repeat(40)} `.repeat(4) + `see p. 4 of section 3.2 for rent ${FILLER.repeat(4)}`;
  const cut = shown(text, marksOf(text, ['rent']));
  expect(cut).toContain('see p. 4 of section 3.2 for [rent]');
});

test('characters beyond the first plane are never torn', () => {
  const text = '𠮷野家'.repeat(100);
  const cut = shown(text, [[200, 202]]);
  expect(cut).toMatch(/^…[𠮷野家]+\[𠮷\][𠮷野家]+…$/u);
  expect(cut).not.toMatch(/\p{Cs}/u);
  const [half] = snippetOf('𠮷', [[1, 2]]);
  expect(half).toEqual({ text: '𠮷', marked: true });
  check('👩🏽‍💻 writes 𝒙 = 1', ['writes'], '👩🏽‍💻 [writes] 𝒙 = 1');
});

test('whatever is cut where, what is shown stands in the text and is whole', () => {
  const alphabet = '𠮷|押|金|。|，| |a|rent|. |\n|👩🏽‍💻|e\u0301|（|）'.split('|');
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: random(400) }, () => alphabet[random(alphabet.length)]).join(
      '',
    );
    const pieces = snippetOf(text, marksOf(text, ['押金', 'rent', '𠮷']));
    const whole = pieces.map((piece) => piece.text).join('');
    const folded = text.replace(/\s+/g, ' ').trim();
    expect(folded).toContain(whole.replace(/^…|…$/g, ''));
    expect(whole).not.toMatch(/\p{Cs}/u);
    expect(whole).not.toMatch(/^…?(?:[\p{M}\u200d]|\u{1f3fd})|\u200d…$/u);
    if (/押金|rent|𠮷/.test(text)) expect(pieces.some((piece) => piece.marked)).toBe(true);
    for (const piece of pieces) if (piece.marked) expect(piece.text).toMatch(/押金|rent|𠮷/);
  }
});
