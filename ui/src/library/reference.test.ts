import { expect, test } from 'vitest';
import { referenceOf } from '../../test/fixtures';
import { draftOf, faultOf, fieldsOf, missingOf, nameOf, recordOf, tidied } from './reference';

test('a kind has its own fields; the others are there too, once', () => {
  const { shown, more } = fieldsOf('article');
  expect(shown).toEqual([
    'title',
    'authors',
    'container',
    'date',
    'volume',
    'issue',
    'pages',
    'doi',
  ]);
  expect(new Set([...shown, ...more]).size).toBe(14);
  expect(nameOf('container', 'article')).toBe('reference.journal');
  expect(nameOf('container', 'book')).toBe('reference.container');
  expect(nameOf('title', 'book')).toBe('reference.work_title');
});

test('a record is the same after it was looked at', () => {
  const record = referenceOf({ authors: ['Knuth, Donald E.', '钱学森'], date: '1984' });
  expect(recordOf(draftOf(record))).toEqual(record);
});

test('names stand on lines of their own, spaces count for nothing', () => {
  const draft = { ...draftOf(referenceOf()), authors: ' A. Turing \n\n钱学森', title: ' T ' };
  expect(recordOf(draft)).toMatchObject({ authors: ['A. Turing', '钱学森'], title: 'T' });
});

test('dates are put right as far as they are clear', () => {
  const dates = ['2021', '2021-5', '2021/05/17', '2021.5.7', '2021年5月7日', '2021年5月', '2021年'];
  expect(dates.map((date) => tidied('date', date))).toEqual([
    '2021',
    '2021-05',
    '2021-05-17',
    '2021-05-07',
    '2021-05-07',
    '2021-05',
    '2021',
  ]);
  for (const wrong of ['May 2021', '21']) expect(faultOf('date', wrong), wrong).toBe('date');
  for (const none of ['2021-13', '2021-02-30', '2021-00']) {
    expect(faultOf('date', none), none).toBe('day');
  }
  for (const right of ['', '2021', '2021-02-28', '2024-02-29']) {
    expect(faultOf('date', right), right).toBeNull();
  }
});

test('a DOI stands alone', () => {
  for (const typed of ['10.1000/182', 'https://doi.org/10.1000/182', 'DOI: 10.1000/182']) {
    expect(tidied('doi', typed)).toBe('10.1000/182');
    expect(faultOf('doi', typed)).toBeNull();
  }
  expect(faultOf('doi', '1000/182')).toBe('doi');
  expect(faultOf('url', 'example.org')).toBe('url');
  expect(faultOf('url', 'https://example.org/a')).toBeNull();
});

test('what a reader would miss is known', () => {
  expect(missingOf(referenceOf({ kind: 'article', date: '2021' }))).toEqual([
    'authors',
    'container',
  ]);
  expect(missingOf(referenceOf({ kind: 'standard', number: 'GB 1', date: '2021' }))).toEqual([]);
});
