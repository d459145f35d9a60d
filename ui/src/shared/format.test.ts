import { afterEach, expect, test } from 'vitest';
import { bytes, moment } from './format';
import { languageChoice } from './i18n.svelte';

afterEach(() => (languageChoice.value = 'system'));

test('a small file is not nothing', () => {
  languageChoice.value = 'en';
  expect([154_602, 1, 48 * 1024 * 1024].map(bytes)).toEqual(['151 kB', '1 kB', '48 MB']);
  expect(bytes(1.5 * 1024 ** 3)).toBe('1.5 GB');
});

test('a time of day is written as its language does', () => {
  const morning = new Date(2026, 4, 3, 6, 5);
  languageChoice.value = 'en';
  expect(moment(morning, morning)).toMatch(/^6:05.AM$/);
  languageChoice.value = 'zh';
  expect(moment(morning, morning)).toBe('06:05');
});
