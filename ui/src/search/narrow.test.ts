import { expect, test } from 'vitest';
import { inLanguage, inYears, narrowingOf } from './narrow';

const none = { languages: [], years: null };

test('what is typed is read, in both languages', () => {
  expect(narrowingOf('rent lang:zh year:2020-2023')).toEqual({
    languages: ['zh'],
    years: { from: 2020, to: 2023 },
  });
  expect(narrowingOf('年：2021 租金 语言:英文')).toEqual({
    languages: ['en'],
    years: { from: 2021, to: 2021 },
  });
  expect(narrowingOf('LANG:"en" Language:zh x').languages).toEqual(['en', 'zh']);
  expect(narrowingOf('Is it due? year:2020').years).toEqual({ from: 2020, to: 2020 });
});

test('what only looks like it is left alone', () => {
  const texts = [
    '"a lang:zh b"',
    'doc:"year:2020 report"',
    'slang:zh',
    'lang: zh',
    '-lang:zh',
    'x year:2023-2020',
    'x lang:klingon',
  ];
  for (const text of texts) expect(narrowingOf(text), text).toMatchObject(none);
  expect(narrowingOf('“租期 lang:zh”').languages).toEqual([]);
});

test('a language is written behind the words, and what is typed on is no part of it', () => {
  expect(inLanguage('rent', 'zh', 'en')).toBe('rent lang:zh ');
  expect(inLanguage('', 'en', 'zh')).toBe('语言:英文 ');
  expect(narrowingOf(inLanguage('租金', 'zh', 'zh')).languages).toEqual(['zh']);
});

test('it is changed where it stands, and removed without a trace', () => {
  expect(inLanguage('a lang:zh b language:en c', 'en', 'en')).toBe('a lang:en b c');
  expect(inLanguage('a lang:zh b', null, 'en')).toBe('a b');
  expect(inLanguage('lang:zh', null, 'en')).toBe('');
  expect(inLanguage('a lang:zh ', null, 'en')).toBe('a ');
  expect(inLanguage('a  b', null, 'en')).toBe('a  b');
});

test('years are one year or a span', () => {
  expect(inYears('rent', { from: 2020, to: 2023 }, 'en')).toBe('rent year:2020-2023 ');
  expect(inYears('租金', { from: 2021, to: 2021 }, 'zh')).toBe('租金 年份:2021 ');
  expect(inYears('year:2020 rent', null, 'en')).toBe('rent');
  expect(inYears('x 年:2020 y', { from: 2019, to: 2020 }, 'zh')).toBe('x 年份:2019-2020 y');
});
