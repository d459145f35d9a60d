import { expect, test } from 'vitest';
import { pageOf, xray } from '../../test/fixtures';
import { gravest, isUnread, kindOf, kindsOf, pagesWhere, rangesOf, rangeText } from './pages';
import { remarksOf, tally } from './pages';

const remark = (code: Parameters<typeof remarksOf>[0][number]['warnings'][number]['code']) => ({
  code,
  message: '',
});

test('a page is told by what became of it, not by its status alone', () => {
  expect(kindOf(pageOf(1))).toBe('text');
  expect(kindOf(pageOf(1, { status: 'empty' }))).toBe('empty');
  expect(kindOf(pageOf(1, { status: 'empty', warnings: [remark('damaged')] }))).toBe('empty');
  expect(kindOf(pageOf(1, { status: 'empty', warnings: [remark('needs_ocr')] }))).toBe('needs_ocr');
  const helpless = pageOf(1, { status: 'empty', warnings: [remark('ocr_unavailable')] });
  expect(kindOf(helpless)).toBe('needs_ocr');
  const doubtful = pageOf(1, { status: 'mixed', warnings: [remark('low_confidence')] });
  expect(kindOf(doubtful)).toBe('doubtful');
});

test('pages nobody came to yet are waiting, and blank pages are not unread', () => {
  const kinds = kindsOf(xray, 5);
  expect(kinds).toEqual(['text', 'ocr', 'needs_ocr', 'waiting', 'waiting']);
  expect(pagesWhere(kinds, isUnread)).toEqual([3]);
  expect(isUnread('empty')).toBe(false);
});

test('kinds are counted the gravest first, without those there are none of', () => {
  expect(tally(kindsOf(xray, 4))).toEqual([
    ['needs_ocr', 1],
    ['ocr', 1],
    ['text', 1],
    ['waiting', 1],
  ]);
  expect(gravest(['text', 'garbled', 'ocr'])).toBe('garbled');
});

test('runs of pages are drawn together', () => {
  expect(rangesOf([7, 3, 4, 5, 4]).map(rangeText)).toEqual(['3–5', '7']);
  expect(rangesOf([])).toEqual([]);
});

test('remarks name their pages once, those about the file none', () => {
  const pages = [
    pageOf(1, { warnings: [remark('damaged'), remark('attachments')] }),
    pageOf(2, { warnings: [remark('needs_ocr')] }),
    pageOf(3, { warnings: [remark('needs_ocr'), remark('ocr_unavailable')] }),
    pageOf(4, { warnings: [remark('needs_ocr')] }),
  ];
  expect(remarksOf(pages)).toEqual([
    { code: 'damaged', pages: [] },
    { code: 'ocr_unavailable', pages: [3] },
    { code: 'needs_ocr', pages: [2, 4] },
  ]);
});
