// A reference as one line, so that one sees at a glance what is known: a Chinese work much as GB/T 7714
// prints it, another by author and date. Exports set their lists by the styles themselves.
import type { Bibliography, WorkKind } from '../backend';

const MOST_AUTHORS = 3;
const MARKS: Record<WorkKind, string> = {
  article: '[J]',
  book: '[M]',
  chapter: '[M]',
  paper: '[C]',
  thesis: '[D]',
  report: '[R]',
  standard: '[S]',
  patent: '[P]',
  document: '',
};
const NUMBERED = new Set<WorkKind>(['report', 'standard', 'patent']);
const INSIDE = new Set<WorkKind>(['chapter', 'paper']);

/** `title` is what the document is called where the record has none. */
export function printedOf(record: Bibliography, title: string): string {
  const named = record.title === '' ? { ...record, title } : record;
  const isChinese = /\p{Script=Han}/u.test(named.title + named.authors.join(''));
  return isChinese ? chinese(named) : authorDate(named);
}

function chinese(record: Bibliography): string {
  const { kind, title, container, edition, pages, doi } = record;
  const number = numberOf(record) && `: ${numberOf(record)}`;
  const host = INSIDE.has(kind) && container !== '' ? `//${container}` : '';
  const imprint = joined(': ', record.place, record.publisher);
  const source = kind === 'article' ? container : imprint;
  const printed = joined(', ', source, dateOf(record), volumeOf(record));
  return sentence(
    authorsOf(record, ', ', '等'),
    `${title}${number}${MARKS[kind]}${host}`,
    /^\d+$/.test(edition) ? `${edition} 版` : edition,
    pages === '' ? printed : joined(': ', printed, pages),
    doi && `DOI: ${doi}`,
  );
}

function authorDate(record: Bibliography): string {
  const { kind, title, container, edition, pages, doi } = record;
  const date = dateOf(record) && `(${dateOf(record)})`;
  const details = joined(
    ', ',
    numberOf(record),
    /^\d+$/.test(edition) ? `ed. ${edition}` : edition,
  );
  const place = joined(', ', container, volumeOf(record), pages.replace('-', '–'));
  return sentence(
    joined(' ', authorsOf(record, '; ', 'et al.'), date),
    details === '' ? title : `${title} (${details})`,
    INSIDE.has(kind) && container !== '' ? `In ${place}` : place,
    joined(', ', record.publisher, record.place),
    doi && `doi:${doi}`,
  );
}

function authorsOf({ authors }: Bibliography, between: string, others: string): string {
  const named = authors.slice(0, MOST_AUTHORS);
  return (authors.length > MOST_AUTHORS ? [...named, others] : named).join(between);
}

function numberOf({ kind, number }: Bibliography): string {
  return NUMBERED.has(kind) ? number : '';
}

/** `12(3)` */
function volumeOf({ volume, issue }: Bibliography): string {
  return issue === '' ? volume : `${volume}(${issue})`;
}

/** The day where it tells works apart, else the year. */
function dateOf({ kind, date }: Bibliography): string {
  return kind === 'patent' || kind === 'document' ? date : date.slice(0, 4);
}

function joined(between: string, ...parts: string[]): string {
  return parts.filter(Boolean).join(between);
}

/** Parts that end with a stop, but not with two. */
function sentence(...parts: string[]): string {
  return parts
    .filter(Boolean)
    .map((part) => (/[.?!。？！]$/.test(part) ? part : `${part}.`))
    .join(' ');
}
