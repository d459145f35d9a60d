import { afterAll, expect, test } from 'vitest';
import { languageChoice, systemLanguage, t, wordingOf } from './i18n.svelte';
import { en } from './locales/en';
import { zh } from './locales/zh';

afterAll(() => {
  languageChoice.value = 'system';
});

const values = (text: string) => (text.match(/\{\{\w+\}\}/g) ?? []).sort();

test('both languages fill in the same values', () => {
  for (const [key, text] of Object.entries(zh)) {
    expect(values(text), key).toEqual(values(en[key as keyof typeof en]));
  }
});

test('plurals follow the language', () => {
  languageChoice.value = 'en';
  expect(t('common.pages', { count: 1 })).toBe('1 page');
  expect(t('common.pages', { count: 2 })).toBe('2 pages');
  languageChoice.value = 'zh';
  expect(t('common.pages', { count: 1 })).toBe('1 页');
});

test('the system decides between Chinese and English', () => {
  expect(systemLanguage('?language=zh-TW')).toBe('zh');
  expect(systemLanguage('?language=de-DE')).toBe('en');
  expect(systemLanguage('?language=')).toBe('en');
});

test('problems are worded by their code, unknown ones as internal', () => {
  languageChoice.value = 'zh';
  const problem = (code: string) => ({ code, message: 'x', hint: null });
  expect(wordingOf(problem('not_a_pdf')).message).toBe('这不是 PDF 文件。');
  expect(wordingOf(problem('something_new')).message).toBe('引据内部出错了。');
});
