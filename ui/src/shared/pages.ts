// What became of each page of a document, in kinds a person tells apart: colour and pattern,
// legend, counts and remarks all go by them. Deliberately not here: where a page's cell stands.
import type { PageSummary, PageWarning } from '../backend';

/** The gravest first: where several pages share a cell, it shows the gravest of them. */
export const PAGE_KINDS = [
  'failed',
  'garbled',
  'needs_ocr',
  'doubtful',
  'ocr',
  'mixed',
  'text',
  'empty',
  'waiting',
] as const;
export type PageKind = (typeof PAGE_KINDS)[number];

export interface PageRange {
  from: number;
  to: number;
}

/** Remarks of one kind, and the pages they are about; none where they are about the whole file. */
export interface Remark {
  code: PageWarning['code'];
  pages: number[];
}

const UNREAD: ReadonlySet<PageKind> = new Set(['failed', 'garbled', 'needs_ocr']);
const RECOGNISED: ReadonlySet<PageKind> = new Set(['ocr', 'mixed', 'doubtful']);
/** The reader puts these on the first page, but they are not about it. */
const OF_THE_FILE: ReadonlySet<PageWarning['code']> = new Set([
  'damaged',
  'incomplete',
  'xfa_form',
]);
const REMARK_ORDER: readonly PageWarning['code'][] = [
  'damaged',
  'incomplete',
  'xfa_form',
  'page_failed',
  'garbled_text',
  'ocr_unavailable',
  'needs_ocr',
  'low_confidence',
  'truncated',
  'unusual_size',
  'watermark',
];

export function kindOf({ status, warnings }: PageSummary): PageKind {
  const has = (code: PageWarning['code']) => warnings.some((warning) => warning.code === code);
  if (status === 'empty') return has('needs_ocr') || has('ocr_unavailable') ? 'needs_ocr' : 'empty';
  if (status === 'ocr' || status === 'mixed') return has('low_confidence') ? 'doubtful' : status;
  return status;
}

export function isUnread(kind: PageKind): boolean {
  return UNREAD.has(kind);
}

export function isRecognised(kind: PageKind): boolean {
  return RECOGNISED.has(kind);
}

/** The kind of every page from 1 to `total`; pages nobody came to yet are waiting. */
export function kindsOf(pages: readonly PageSummary[], total: number): PageKind[] {
  const last = pages.at(-1)?.number ?? 0;
  const kinds: PageKind[] = Array.from({ length: Math.max(total, last) }, () => 'waiting');
  for (const page of pages) kinds[page.number - 1] = kindOf(page);
  return kinds;
}

/** The gravest of some kinds. */
export function gravest(kinds: readonly PageKind[]): PageKind {
  return PAGE_KINDS.find((kind) => kinds.includes(kind)) ?? 'waiting';
}

/** How many pages are of each kind, the gravest first and only of kinds there are. */
export function tally(kinds: readonly PageKind[]): [PageKind, number][] {
  const counts = new Map<PageKind, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return PAGE_KINDS.filter((kind) => counts.has(kind)).map((kind) => [kind, counts.get(kind) ?? 0]);
}

/** The pages whose kind satisfies `wanted`, from 1. */
export function pagesWhere(
  kinds: readonly PageKind[],
  wanted: (kind: PageKind) => boolean,
): number[] {
  return kinds.flatMap((kind, index) => (wanted(kind) ? [index + 1] : []));
}

/** Page numbers with runs drawn together. */
export function rangesOf(pages: readonly number[]): PageRange[] {
  const ranges: PageRange[] = [];
  for (const page of [...new Set(pages)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && page === last.to + 1) last.to = page;
    else ranges.push({ from: page, to: page });
  }
  return ranges;
}

/** Ranges as people write them: 3, 5–8. */
export function rangeText({ from, to }: PageRange): string {
  return from === to ? `${from}` : `${from}–${to}`;
}

/** What there is to say about the pages, each remark once. Files inside are listed elsewhere. */
export function remarksOf(pages: readonly PageSummary[]): Remark[] {
  const found = new Map<PageWarning['code'], number[]>();
  for (const { number, warnings } of pages) {
    for (const { code } of warnings) {
      const known = found.get(code) ?? [];
      if (!OF_THE_FILE.has(code)) known.push(number);
      found.set(code, known);
    }
  }
  // A page that cannot be recognised needs it: once is enough.
  const helpless = new Set(found.get('ocr_unavailable'));
  const waiting = found.get('needs_ocr')?.filter((page) => !helpless.has(page));
  if (waiting?.length) found.set('needs_ocr', waiting);
  else found.delete('needs_ocr');
  return REMARK_ORDER.flatMap((code) => {
    const about = found.get(code);
    return about ? [{ code, pages: about }] : [];
  });
}
