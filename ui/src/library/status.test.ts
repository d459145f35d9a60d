import { beforeAll, expect, test } from 'vitest';
import type { Document, ImportItem } from '../backend';
import { languageChoice } from '../shared/i18n.svelte';
import { standingOf } from './status';

beforeAll(() => {
  languageChoice.value = 'en';
});

const coverage = { text: 12, ocr: 0, mixed: 0, empty: 0, garbled: 0, failed: 0, needsOcr: 0 };
const document: Document = {
  id: 1,
  library: 1,
  title: 'Report',
  fileName: 'report.pdf',
  folder: '/home',
  status: 'ready',
  sha256: 'ab12',
  bytes: 1,
  pages: 12,
  passages: 30,
  coverage,
  problem: null,
};
const item: ImportItem = {
  document: 1,
  fileName: 'report.pdf',
  stage: 'embed',
  done: 10,
  total: 20,
  recognising: false,
  secondsLeft: null,
  problem: null,
};

test('a ready document counts its pages and owns up to those it could not read', () => {
  expect(standingOf(document, undefined).text).toBe('12 pages');
  const partly = { ...document, coverage: { ...coverage, garbled: 1 } };
  expect(standingOf(partly, undefined)).toMatchObject({
    tone: 'warn',
    text: '11 of 12 pages read · 1 garbled',
  });
});

test('a row names one cause and counts several', () => {
  const mixed = { ...document, coverage: { ...coverage, text: 9, garbled: 2, failed: 1 } };
  expect(standingOf(mixed, undefined).text).toBe('9 of 12 pages read · 3 unread');
});

test('scanned pages wait for recognition, blank ones for nothing', () => {
  const scanned = { ...document, status: 'no_text' as const };
  const pages = { ...coverage, text: 0, empty: 12, needsOcr: 12 };
  expect(standingOf({ ...scanned, coverage: pages }, undefined)).toMatchObject({
    tone: 'warn',
    text: '0 of 12 pages read · 12 need recognition',
  });
  const blank = { ...document, coverage: { ...coverage, text: 10, empty: 2 } };
  expect(standingOf(blank, undefined).text).toBe('12 pages');
});

test('recognising is named, and told with the time it still takes', () => {
  const slow = { ...item, stage: 'parse' as const, recognising: true, secondsLeft: 28 };
  const standing = standingOf({ ...document, status: 'queued' }, slow);
  expect(standing.text).toBe('Recognising page 10 of 20 · 28 sec left');
  expect(standing.share).toBeCloseTo(0.45);
});

test('work shows its stage and share', () => {
  const standing = standingOf({ ...document, status: 'parsed' }, item);
  expect(standing.text).toBe('Words ready · meaning 50 %');
  expect(standing.share).toBeCloseTo(0.575);
});

test('a locked document asks for a password, another failure for another try', () => {
  const failed = (code: string): Document => ({
    ...document,
    status: 'failed',
    problem: { code, message: '', hint: null },
  });
  expect(standingOf(failed('password_required'), undefined)).toMatchObject({
    text: 'Locked with a password',
    tone: 'warn',
    locked: true,
    retryable: false,
  });
  expect(standingOf(failed('damaged_pdf'), undefined)).toMatchObject({
    locked: false,
    retryable: true,
  });
});
