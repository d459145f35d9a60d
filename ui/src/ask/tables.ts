// Where a text holds tables, as GitHub's Markdown writes them: a header, a line of dashes, rows. Lines
// and positions only; what stands in the cells is laid out in `segments`.

export type Align = 'left' | 'center' | 'right';

/** From where to where in a line, the end excluded. */
export interface Span {
  from: number;
  to: number;
}

const DASHES = /^:?-+:?$/;
/** A line of dashes that is not whole yet. */
const DASHES_BEGUN = /^[\s|:-]*$/;
const OPENS = /^\s*\|/;

/** How many lines from here on are a table: none, mostly. One that is being written begins before
 * its line of dashes is there, so that nobody sees the bars it is written with. */
export function tableAt(lines: readonly string[], at: number, writing = false): number {
  const header = lines[at] ?? '';
  const next = lines[at + 1];
  if (barsOf(header).length === 0) return 0;
  if (next !== undefined && isDashes(next)) {
    const end = lines.findIndex((line, other) => other > at + 1 && barsOf(line).length === 0);
    return (end < 0 ? lines.length : end) - at;
  }
  const begun = next === undefined || (at + 2 === lines.length && DASHES_BEGUN.test(next));
  return writing && begun && OPENS.test(header) ? Math.min(2, lines.length - at) : 0;
}

/** What each line is to a table; the line of dashes belongs to the head. */
export function rolesOf(lines: readonly string[]): ('head' | 'row' | null)[] {
  const roles: ('head' | 'row' | null)[] = [];
  while (roles.length < lines.length) {
    const count = tableAt(lines, roles.length);
    if (count === 0) roles.push(null);
    for (let line = 0; line < count; line++) roles.push(line < 2 ? 'head' : 'row');
  }
  return roles;
}

/** The bars between cells: those no backslash takes for a letter. */
export function barsOf(line: string): number[] {
  return [...line.matchAll(/(?<!\\)\|/g)].map(({ index }) => index);
}

/** The cells of a line, without the white space around their words. */
export function cellsOf(line: string): Span[] {
  const from = line.search(/\S/);
  const end = line.trimEnd().length;
  if (from < 0) return [];
  const edges = barsOf(line);
  if (edges[0] !== from) edges.unshift(from - 1);
  if (edges.length < 2 || edges.at(-1) !== end - 1) edges.push(end);
  return edges.slice(1).map((to, at) => trimmed(line, { from: (edges[at] ?? 0) + 1, to }));
}

/** As many cells as the table has columns: empty ones where some are missing, and what is too much
 * in the last, so that no word is lost. */
export function rowOf(line: string, columns: number): Span[] {
  const cells = cellsOf(line);
  const rest = cells.at(-1);
  const none = { from: line.length, to: line.length };
  return Array.from({ length: columns }, (_, column) => {
    const cell = cells[column] ?? none;
    return rest && column === columns - 1 && cells.length > columns
      ? { from: cell.from, to: rest.to }
      : cell;
  });
}

/** Which way the columns are set, as the colons of the line of dashes say. */
export function alignsOf(dashes: string, columns: number): Align[] {
  const cells = rowOf(dashes, columns).map(({ from, to }) => dashes.slice(from, to));
  return cells.map((cell) => {
    if (cell.length < 2 || !cell.endsWith(':')) return 'left';
    return cell.startsWith(':') ? 'center' : 'right';
  });
}

function isDashes(line: string): boolean {
  const cells = cellsOf(line);
  const dashes = cells.every(({ from, to }) => DASHES.test(line.slice(from, to)));
  return cells.length > 0 && dashes && barsOf(line).length > 0;
}

function trimmed(line: string, { from, to }: Span): Span {
  const words = line.slice(from, to);
  const start = from + words.length - words.trimStart().length;
  return { from: start, to: Math.max(start, from + words.trimEnd().length) };
}
