import { expect, test } from 'vitest';
import { documentOf } from '../../test/fixtures';
import { at, emptyDraft, next, pagesProblem, readable } from './draft';

const lease = documentOf();
const locked = documentOf({ id: 2, status: 'failed', passages: 0 });

test('pages must be there, in order, and in the document', () => {
  const check = (first: number | null, last: number | null) => pagesProblem({ first, last }, 12);
  expect(check(1, 1)).toBeNull();
  expect(check(3, 5)).toBeNull();
  expect(check(12, null)).toBeNull();
  expect(check(null, 5)).toBe('missing');
  expect(check(0, 2)).toBe('missing');
  expect(check(1.5, 2)).toBe('missing');
  expect(check(5, 3)).toBe('order');
  expect(check(12, 13)).toBe('beyond');
  expect(check(13, null)).toBe('beyond');
});

test('only documents that a search finds can be asked of', () => {
  const again = documentOf({ id: 3, status: 'queued' });
  const unread = documentOf({ id: 4, status: 'queued', passages: 0 });
  expect(readable([lease, locked, again, unread])).toEqual([lease, again]);
});

test('a draft takes the place the reader shows', () => {
  const draft = { ...emptyDraft(), question: '租期？' };
  expect(at(draft, { document: 1, page: 4 }, [lease])).toEqual({
    question: '租期？',
    document: 1,
    first: 4,
    last: 4,
  });
  expect(at(draft, null, [lease])).toBe(draft);
  expect(at(draft, { document: 2, page: 1 }, [lease, locked])).toBe(draft);
});

test('the next question is of the same document', () => {
  const kept = { question: '租期？', document: 1, first: 4, last: 5 };
  expect(next(kept)).toEqual({ question: '', document: 1, first: null, last: null });
});
