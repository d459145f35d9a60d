import { afterAll, beforeAll, expect, test } from 'vitest';
import { citations } from '../../test/fixtures';
import { languageChoice } from '../shared/i18n.svelte';
import { asFormatted, asMarkdown } from './copying';

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

test('formatted text escapes what the documents hold', () => {
  const { html, plain } = asFormatted('# 租期\n- **两** < 三[1]\n2. 乙', one);
  expect(html).toBe(
    '<h3>租期</h3><ul><li><b>两</b> &lt; 三<sup>[1]</sup></li></ul><p>2. 乙</p>' +
      '<p><small>[1] 《房屋租赁合同》，第 2 页：“租期*二十四* 个月”</small></p>',
  );
  expect(plain).toBe(
    '# 租期\n- 两 < 三[1]\n2. 乙\n\n[1] 《房屋租赁合同》，第 2 页：“租期*二十四* 个月”',
  );
});

test('a table stays a table', () => {
  const table = '| 文档 | 数 |\n| --- | --: |\n| <甲>\\|乙 | 1[1] |';
  expect(asMarkdown(table, one)).toContain(
    '| 文档 | 数 |\n| --- | --: |\n| <甲>\\|乙 | 1[^1] |\n\n[^1]: ',
  );
  expect(asFormatted(table, one).html).toContain(
    '<thead><tr><th align="left">文档</th><th align="right">数</th></tr></thead>' +
      '<tbody><tr><td align="left">&lt;甲&gt;|乙</td>' +
      '<td align="right">1<sup>[1]</sup></td></tr></tbody></table>',
  );
});
