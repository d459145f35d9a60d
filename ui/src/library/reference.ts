// How a document stands in lists of references, as it is edited: which fields a kind of work has, what
// they are called, and what is put right of what was typed. Deliberately not here: how it is printed.
import type { Bibliography, WorkKind } from '../backend';
import type { MessageKey } from '../shared/i18n.svelte';

export type Field = Exclude<keyof Bibliography, 'kind'>;
/** A record as it stands in the form: authors on a line each. */
export type Draft = { kind: WorkKind } & Record<Field, string>;
export type Fault = 'date' | 'day' | 'doi' | 'url';

export const KINDS: readonly WorkKind[] = [
  'article',
  'book',
  'chapter',
  'paper',
  'thesis',
  'report',
  'standard',
  'patent',
  'document',
];

const ALL: readonly Field[] = [
  'title',
  'authors',
  'container',
  'date',
  'volume',
  'issue',
  'pages',
  'publisher',
  'place',
  'edition',
  'number',
  'doi',
  'isbn',
  'url',
];

/** What people know each kind by, beside its title and authors, in the order of the form. */
const OWN: Record<WorkKind, readonly Field[]> = {
  article: ['container', 'date', 'volume', 'issue', 'pages', 'doi'],
  book: ['publisher', 'place', 'date', 'edition', 'isbn'],
  chapter: ['container', 'publisher', 'place', 'date', 'pages', 'isbn'],
  paper: ['container', 'publisher', 'place', 'date', 'pages', 'doi'],
  thesis: ['publisher', 'place', 'date'],
  report: ['publisher', 'number', 'date', 'url'],
  standard: ['number', 'publisher', 'date'],
  patent: ['number', 'place', 'date'],
  document: ['publisher', 'date', 'url'],
};

/** Without these a reference leads nowhere. */
const NEEDED: Record<WorkKind, readonly Field[]> = {
  article: ['authors', 'container', 'date'],
  book: ['authors', 'publisher', 'date'],
  chapter: ['authors', 'container', 'date'],
  paper: ['authors', 'container', 'date'],
  thesis: ['authors', 'publisher', 'date'],
  report: ['authors', 'publisher', 'date'],
  standard: ['number', 'date'],
  patent: ['authors', 'number', 'date'],
  document: ['authors', 'date'],
};

const NAMES: Partial<Record<`${Field}_${WorkKind}`, MessageKey>> = {
  container_article: 'reference.journal',
  container_chapter: 'reference.book',
  container_paper: 'reference.proceedings',
  publisher_thesis: 'reference.university',
  publisher_report: 'reference.institution',
  publisher_standard: 'reference.issuer',
  authors_patent: 'reference.owners',
  number_report: 'reference.report_number',
  number_standard: 'reference.standard_number',
  number_patent: 'reference.patent_number',
  place_patent: 'reference.country',
};

export function fieldsOf(kind: WorkKind): { shown: readonly Field[]; more: readonly Field[] } {
  const shown: Field[] = ['title', 'authors', ...OWN[kind]];
  return { shown, more: ALL.filter((field) => !shown.includes(field)) };
}

export function nameOf(field: Field, kind: WorkKind): MessageKey {
  if (field === 'title') return 'reference.work_title';
  return NAMES[`${field}_${kind}`] ?? `reference.${field}`;
}

/** What a reader of the reference would miss. */
export function missingOf(record: Bibliography): Field[] {
  return NEEDED[record.kind].filter((field) => record[field].length === 0);
}

export function draftOf(record: Bibliography): Draft {
  return { ...record, authors: record.authors.join('\n') };
}

/** The record as it is kept: what was typed, put right. */
export function recordOf(draft: Draft): Bibliography {
  const record = { ...draft };
  for (const field of ALL) record[field] = tidied(field, draft[field]);
  const authors = record.authors.split('\n').map((name) => name.trim());
  return { ...record, authors: authors.filter(Boolean) };
}

/** What can be put right without asking: spaces, other ways to write a date or a DOI. */
export function tidied(field: Field, typed: string): string {
  const text = typed.trim();
  if (field === 'date') return isoDate(text);
  if (field === 'doi') return text.replace(DOI_PREFIX, '');
  return text;
}

export function faultOf(field: Field, typed: string): Fault | null {
  const text = tidied(field, typed);
  if (text === '') return null;
  if (field === 'date') return dateFault(text);
  if (field === 'doi' && !/^10\.\d{4,9}\/\S+$/.test(text)) return 'doi';
  if (field === 'url' && !/^https?:\/\/\S+$/i.test(text)) return 'url';
  return null;
}

const DOI_PREFIX = /^(?:(?:https?:\/\/)?(?:dx\.)?doi\.org\/|doi\s*[:：]\s*)/i;
const WRITTEN_DATE =
  /^(\d{4})(?:\s*[-–/.年]\s*(\d{1,2})(?:\s*[-–/.月]\s*(\d{1,2}))?)?\s*[年月日]?$/;

function isoDate(text: string): string {
  const parts = WRITTEN_DATE.exec(text)?.slice(1).filter(Boolean);
  return parts?.map((part) => part.padStart(2, '0')).join('-') ?? text;
}

/** Whether it is written otherwise than a date, or as one no calendar has. */
function dateFault(text: string): Fault | null {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text);
  if (!parts) return 'date';
  const [year = 0, month = 1, day = 1] = parts.slice(1).map((part) => Number(part || 1));
  const there = month >= 1 && month <= 12 && day >= 1 && day <= new Date(year, month, 0).getDate();
  return there ? null : 'day';
}
