import { beforeAll, expect, test } from 'vitest';
import type { Document, ImportItem } from '../backend';
import { languageChoice } from '../shared/i18n.svelte';
import { standingOf } from './status';

beforeAll(() => {
  languageChoice.value = 'en';
});

const coverage = { text: 12, ocr: 0, mixed: 0, empty: 0, garbled: 0, failed: 0 };
const document: Document = {
  id: 1,
  library: 1,
  title: 'Report',
  fileName: 'report.pdf',
  status: 'ready',
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
  problem: null,
};

test('a ready document counts its pages and owns up to those it could not read', () => {
  expect(standingOf(document, undefined).text).toBe('12 pages');
  const partly = { ...document, coverage: { ...coverage, garbled: 1 } };
  expect(standingOf(partly, undefined)).toMatchObject({
    tone: 'warn',
    text: '12 pages · 1 page could not be read',
  });
});

test('work shows its stage and share', () => {
  const standing = standingOf({ ...document, status: 'parsed' }, item);
  expect(standing.text).toBe('Understanding 10 of 20');
  expect(standing.share).toBeCloseTo(0.575);
});

test('a locked document asks for a password, another failure for another try', () => {
  const failed = (code: string): Document => ({
    ...document,
    status: 'failed',
    problem: { code, message: '', hint: null },
  });
  expect(standingOf(failed('password_required'), undefined)).toMatchObject({
    locked: true,
    retryable: false,
  });
  expect(standingOf(failed('damaged_pdf'), undefined)).toMatchObject({
    locked: false,
    retryable: true,
  });
});
