import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
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
import { citations } from '../../test/fixtures';
import type { AnswerBlock, Sentence } from '../backend';
import { t } from '../shared/i18n.svelte';
import AnswerBody from './AnswerBody.svelte';

afterEach(cleanup);

function body(blocks: AnswerBlock[], sentences: Sentence[] = [], over = {}) {
  const { container } = render(AnswerBody, {
    blocks,
    sentences,
    citations,
    evidence: [],
    writing: false,
    modelled: true,
    newest: true,
    onopen: vi.fn(),
    ...over,
  });
  const found = (selector: string) => [...container.querySelectorAll<HTMLElement>(selector)];
  const texts = (selector: string) => found(selector).map(({ textContent }) => textContent);
  return { container, found, texts };
}

test('every kind of block is drawn as what it is', () => {
  const inner = list(null, [paragraph(said(null, 'b'))]);
  const { texts, found } = body([
    heading(1, said(0, '租约')),
    heading(5, said(0, '附件')),
    list(9, [paragraph(said(1, 'a')), inner], [paragraph(said(2, 'c'))]),
    quote(paragraph(said(3, 'd'))),
    code('e  f\n\tg', 4),
    { kind: 'rule' },
    table([said(5, 'h')], [said(6, 'i')]),
  ]);
  expect([texts('h3'), texts('h5')]).toEqual([['租约'], ['附件']]);
  expect(found('ol')[0]?.getAttribute('start')).toBe('9');
  expect(texts('ol > li > p')).toEqual(['a', 'c']);
  expect(texts('ol > li > ul > li')).toEqual(['b']);
  expect(texts('blockquote > p')).toEqual(['d']);
  expect(texts('pre > code')).toEqual(['e  f\n\tg']);
  expect(found('hr')).toHaveLength(1);
  expect([texts('th'), texts('td')]).toEqual([['h'], ['i']]);
});

test('words have their face, and no other space than their own', () => {
  const { texts, container } = body([
    paragraph([
      run('a', { bold: true }),
      run(' b', { italic: true }),
      run('c', { code: true }),
      BREAK,
      run('d', { strike: true }),
    ]),
  ]);
  expect([texts('.bold'), texts('.italic'), texts('code'), texts('s')]).toEqual([
    ['a'],
    [' b'],
    ['c'],
    ['d'],
  ]);
  expect(container.querySelector('p')?.textContent).toBe('a bcd');
  expect(container.querySelectorAll('p br')).toHaveLength(1);
});

test('a sentence nothing bears out says so, where it ends and to the pointer', () => {
  const sentences = sentencesOf('supported', 'unsupported', 'partial');
  const { texts, found } = body(
    [paragraph(said(0, '甲。'), said(1, '乙', 1, '。'), said(2, '丙。')), code('丁', 1)],
    sentences,
  );
  expect(texts('.unsupported')).toEqual(['乙', '。', '丁']);
  expect(texts('.reason')).toEqual([t('ask.unsupported'), t('ask.partial'), t('ask.unsupported')]);
  expect(found('.partial')[0]?.title).toBe(t('ask.partial'));
  expect(found('.supported')[0]?.title).toBe('');
});

test('what a page says is told apart from what a model wrote', () => {
  const [first, second] = sentencesOf('supported', 'supported');
  if (!first || !second) throw new Error('no sentences');
  const sentences: Sentence[] = [first, { ...second, origin: 'quoted' }];
  const blocks = [paragraph(said(0, '合同写明：'), said(1, '租期两年', 1, '。'))];
  const { found, texts } = body(blocks, sentences);
  const title = t('ask.quoted');
  expect(texts(`[title="${title}"]`).join('')).toBe('租期两年。');
  expect(texts('.opens').join('')).toBe('租期两');
  expect(texts('.closes')).toEqual(['。']);
  expect(found('.opens')[0]?.title).toBe(title);
  cleanup();
  const plain = body(blocks, sentences, { modelled: false });
  expect(plain.found(`.opens, .closes, [title="${title}"]`)).toEqual([]);
});

test('the caret stands behind what was written last, and those who listen hear what ended', () => {
  const blocks = [list(1, [paragraph(said(0, '甲。'), said(1, '乙'))])];
  const { found, texts } = body(blocks, [], { writing: true });
  expect(found('li p .caret')).toHaveLength(1);
  expect(texts('[aria-live] span')).toEqual(['甲。']);
  cleanup();
  expect(body([...blocks, code('x')], [], { writing: true }).found('pre .caret')).toHaveLength(1);
  cleanup();
  const done = body(blocks);
  expect([...done.found('.caret'), ...done.found('[aria-live] span')]).toEqual([]);
});

test('of a marker only its first place is numbered for tests, and an unknown one is not drawn', () => {
  body([list(null, [paragraph(said(0, '甲', 2, 7))]), paragraph(said(1, '乙', 2))]);
  expect(screen.getAllByRole('button')).toHaveLength(2);
  expect(screen.getAllByTestId('citation-2')).toHaveLength(1);
});
