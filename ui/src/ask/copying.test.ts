import { afterAll, beforeAll, expect, test } from 'vitest';
import { BREAK, code, heading, list, paragraph, quote, run, said, table } from '../../test/blocks';
import { citations } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import { asFormatted, asMarkdown } from './copying';
import { markdownOf } from './markdown';

beforeAll(() => {
  languageChoice.value = 'zh';
});
afterAll(() => {
  languageChoice.value = 'system';
});

const [first] = citations;
const one = first ? [{ ...first, quote: '租期*二十四*\n个月' }] : [];

test('Markdown has its citations as notes', () => {
  expect(asMarkdown('**租期**两年[1]。[7]', one)).toBe(
    '**租期**两年[^1]。[7]\n\n[^1]: 《房屋租赁合同》，第 2 页：“租期\\*二十四\\* 个月”',
  );
});

test('what is left of an answer has them too, and its other brackets stay', () => {
  const left = markdownOf([paragraph(said(0, '两年[1]', 1, '。'))]);
  expect(asMarkdown(left, one)).toContain('两年\\[1\\][^1]。\n\n[^1]: ');
});

test('formatted text escapes what the documents hold', () => {
  const points = [run('两', { bold: true }), ...said(0, ' < 三', 1)];
  const { html, plain } = asFormatted(
    [
      heading(1, said(0, '租期')),
      list(null, [paragraph(points)]),
      list(2, [paragraph(said(1, '乙'))]),
    ],
    one,
  );
  expect(html).toBe(
    '<h3>租期</h3><ul><li><b>两</b> &lt; 三<sup>[1]</sup></li></ul><ol start="2"><li>乙</li></ol>' +
      '<p><small>[1] 《房屋租赁合同》，第 2 页：“租期*二十四* 个月”</small></p>',
  );
  expect(plain).toBe(
    '# 租期\n\n- 两 < 三[1]\n\n2. 乙\n\n[1] 《房屋租赁合同》，第 2 页：“租期*二十四* 个月”',
  );
});

test('every kind of block and face has its tag', () => {
  const faces = [
    run('a', { bold: true, italic: true }),
    BREAK,
    run('b', { strike: true }),
    run('c', { code: true }),
  ];
  const inner = list(1, [paragraph(said(0, 'e'))]);
  const blocks = [
    list(null, [paragraph(faces), inner]),
    quote(paragraph(said(1, 'f'))),
    code('g<h'),
  ];
  expect(asFormatted([...blocks, { kind: 'rule' }], []).html).toBe(
    '<ul><li><b><i>a</i></b><br><s>b</s><code>c</code><ol><li>e</li></ol></li></ul>' +
      '<blockquote><p>f</p></blockquote><pre><code>g&lt;h</code></pre><hr>',
  );
});

test('a table stays a table', () => {
  const text = '| 文档 | 数 |\n| --- | --: |\n| <甲>\\|乙 | 1[1] |';
  expect(asMarkdown(text, one)).toContain(
    '| 文档 | 数 |\n| --- | --: |\n| <甲>\\|乙 | 1[^1] |\n\n[^1]: ',
  );
  const laidOut = table([said(0, '文档'), said(0, '数')], [said(1, '<甲>|乙'), said(1, '1', 1)]);
  const { html, plain } = asFormatted([laidOut], one);
  expect(html).toContain(
    '<thead><tr><th align="left">文档</th><th align="right">数</th></tr></thead>' +
      '<tbody><tr><td align="left">&lt;甲&gt;|乙</td>' +
      '<td align="right">1<sup>[1]</sup></td></tr></tbody></table>',
  );
  expect(plain).toContain(text);
});
