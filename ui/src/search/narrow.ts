// The languages and years a typed search is narrowed to, read from its text and written into it, so
// that what is typed and what is clicked is one thing. The syntax is that of `syntax.rs`, whose
// pieces are found here just as there.
// Deliberately not here: other places (documents, chapters, pages), which are typed alone.
import type { Language } from '../shared/i18n.svelte';

export interface Years {
  from: number;
  to: number;
}

export interface Narrowing {
  languages: Language[];
  years: Years | null;
}

type Field = 'language' | 'years' | 'other';

interface Piece {
  start: number;
  end: number;
  field: Field | null;
  value: string;
}

const NAMES: Record<Field, string> = {
  language: 'lang|language|语言|語言',
  years: 'year|年|年份',
  other:
    'title|标题|標題|doc|document|file|文档|文件|文檔|section|chapter|章节|章節|page|pages|页|页码|頁|頁碼',
};
const BEGINNING = (Object.keys(NAMES) as Field[]).map(
  (field) => [field, new RegExp(`^(?:${NAMES[field]})[:：](?=\\S)`, 'i')] as const,
);
const LANGUAGES: Record<string, Language> = {
  zh: 'zh',
  chinese: 'zh',
  中文: 'zh',
  汉语: 'zh',
  en: 'en',
  english: 'en',
  英文: 'en',
  英语: 'en',
};
/** How each is written, for people who read Chinese or English. */
const WRITTEN = {
  zh: { languages: { zh: '语言:中文', en: '语言:英文' }, years: '年份' },
  en: { languages: { zh: 'lang:zh', en: 'lang:en' }, years: 'year' },
};

export function narrowingOf(text: string): Narrowing {
  const pieces = piecesOf(text);
  const languages = pieces.flatMap(({ field, value }) =>
    field === 'language' ? (LANGUAGES[value.toLowerCase()] ?? []) : [],
  );
  const spans = pieces.flatMap((piece) => (piece.field === 'years' ? (yearsOf(piece) ?? []) : []));
  return { languages: [...new Set(languages)], years: spans[0] ?? null };
}

/** The text with one language, or with none, in the words of whoever reads `as`. */
export function inLanguage(text: string, language: Language | null, as: Language): string {
  return written(text, 'language', language && WRITTEN[as].languages[language]);
}

export function inYears(text: string, years: Years | null, as: Language): string {
  if (!years) return written(text, 'years', null);
  const { from, to } = years;
  return written(text, 'years', `${WRITTEN[as].years}:${from === to ? from : `${from}-${to}`}`);
}

/** Puts a field where it stands in the text, else at the end; all others of its kind go. */
function written(text: string, field: Field, value: string | null): string {
  const standing = piecesOf(text).filter((piece) => piece.field === field);
  let next = text;
  for (const [index, { start, end }] of [...standing.entries()].reverse()) {
    if (index === 0 && value !== null) next = next.slice(0, start) + value + next.slice(end);
    else next = without(next, start, end);
  }
  if (standing.length > 0 || value === null) return next;
  // What is typed on belongs to no value.
  return `${[next.trim(), value].filter(Boolean).join(' ')} `;
}

function without(text: string, start: number, end: number): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  return before === '' || /\s$/.test(before) ? before + after.trimStart() : before + after;
}

/** Stretches between white space, or between quotation marks. */
function piecesOf(text: string): Piece[] {
  const isQuestion = /[?？]/.test(text);
  const pieces: Piece[] = [];
  let at = 0;
  while (at < text.length) {
    const space = /^\s+/.exec(text.slice(at));
    if (space) {
      at += space[0].length;
      continue;
    }
    const piece = pieceAt(text, at, isQuestion);
    pieces.push(piece);
    at = piece.end;
  }
  return pieces;
}

function pieceAt(text: string, start: number, isQuestion: boolean): Piece {
  const isExcluded = !isQuestion && /^-[\p{Alphabetic}"]/u.test(text.slice(start));
  let at = start + (isExcluded ? 1 : 0);
  const [named, head] = fieldAt(text.slice(at));
  at += head;
  const rest = text.slice(at);
  const mayQuote = named !== null || !isQuestion;
  const quoted = mayQuote ? /^(?:["＂]([^"＂]*)["＂]?|“([^”]*)”?)/.exec(rest) : null;
  const value = quoted ? (quoted[1] ?? quoted[2] ?? '') : (/^\S*/.exec(rest)?.[0] ?? '');
  const end = at + (quoted ? quoted[0].length : value.length);
  // A place cannot be left out: the search says so.
  return { start, end, field: isExcluded ? null : named, value: value.trim() };
}

function fieldAt(text: string): [Field | null, number] {
  for (const [field, beginning] of BEGINNING) {
    const head = beginning.exec(text)?.[0];
    if (head !== undefined) return [field, head.length];
  }
  return [null, 0];
}

function yearsOf({ value }: Piece): Years | null {
  const parts = /^(\d+)(?:\s*[-–~]\s*(\d+))?$/.exec(value);
  if (!parts) return null;
  const from = Number(parts[1]);
  const to = Number(parts[2] ?? parts[1]);
  return from <= to ? { from, to } : null;
}
