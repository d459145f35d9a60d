// A passage as one line of characters that know their width, whether they are marked, and where a
// sentence, a clause or a word may be cut. Deliberately not here: which part is shown.

/** Ranges of UTF-16 code units, end exclusive, sorted, none overlapping another. */
export type Marks = readonly (readonly [number, number])[];

interface Cell {
  text: string;
  /** Columns it takes: two where a character is as wide as it is high. */
  width: number;
  marked: boolean;
  /** Whether a paragraph begins with it. */
  first: boolean;
}

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}\u3000-\u303f\uff00-\uff60]/u;
/** What belongs to the character before it. */
const JOINED = /[\p{M}\p{Emoji_Modifier}\u200d]/u;
const CLOSING = /[\p{Pe}\p{Pf}"'。！？；，、：…]/u;
const OPENING = /[\p{Ps}\p{Pi}]/u;
const ENDS_SENTENCE = /[。！？；]/u;
/** These end a sentence only before white space and what may begin one: not in `3.2` or `p. 4`. */
const MAY_END_SENTENCE = /[.!?]/;
const CANNOT_BEGIN = /[\p{Ll}\p{N}]/u;
const ENDS_CLAUSE = /[，、：]/u;
const MAY_END_CLAUSE = /[,;:]/;

export class Line {
  readonly #cells: Cell[];
  /** Columns before each character, and at last those of all. */
  readonly #columns: number[] = [0];

  constructor(text: string, marks: Marks) {
    this.#cells = cellsOf(text, marks);
    let columns = 0;
    for (const { width } of this.#cells) this.#columns.push((columns += width));
  }

  get length(): number {
    return this.#cells.length;
  }

  width(from: number, to: number): number {
    return (this.#columns[to] ?? 0) - (this.#columns[from] ?? 0);
  }

  text(from: number, to: number): string {
    let text = '';
    for (const cell of this.#cells.slice(from, to)) text += cell.text;
    return text;
  }

  isMarked(at: number): boolean {
    return this.#cells[at]?.marked ?? false;
  }

  /** The furthest place before `at` that so many columns reach. */
  back(at: number, columns: number): number {
    let place = at;
    while (place > 0 && this.width(place - 1, at) <= columns) place -= 1;
    return place;
  }

  /** The furthest place after `at` that so many columns reach. */
  forward(at: number, columns: number): number {
    let place = at;
    while (place < this.length && this.width(at, place + 1) <= columns) place += 1;
    return place;
  }

  beginsSentence(at: number): boolean {
    const cell = this.#cells[at];
    if (!cell || at === 0 || cell.first) return at < this.length;
    if (cell.text === ' ' || CLOSING.test(cell.text)) return false;
    const { text, spaced } = this.#before(at);
    if (ENDS_SENTENCE.test(text)) return true;
    return spaced && MAY_END_SENTENCE.test(text) && !CANNOT_BEGIN.test(cell.text);
  }

  endsSentence(at: number): boolean {
    return at === this.length || this.beginsSentence(this.#cell(at) === ' ' ? at + 1 : at);
  }

  /** Whether a part of a sentence ends before this place and another begins. */
  isClause(at: number): boolean {
    if (!this.isWord(at) || this.#cell(at) === ' ') return false;
    const { text, spaced } = this.#before(at);
    return ENDS_CLAUSE.test(text) || (spaced && MAY_END_CLAUSE.test(text));
  }

  /** Whether no word, character or marked stretch is torn by a cut before this place. */
  isWord(at: number): boolean {
    if (at === 0 || at === this.length) return true;
    const [before, after] = [this.#cell(at - 1), this.#cell(at)];
    if (this.isJoined(at) || (this.isMarked(at - 1) && this.isMarked(at))) return false;
    if (before === ' ' || after === ' ') return true;
    const wide = WIDE.test(before) || WIDE.test(after);
    return wide && !CLOSING.test(after) && !OPENING.test(before);
  }

  /** Whether a cut here would tear what is written as one character. */
  isJoined(at: number): boolean {
    return JOINED.test(this.#cell(at)) || this.#cell(at - 1) === '\u200d';
  }

  #cell(at: number): string {
    return this.#cells[at]?.text ?? '';
  }

  /** The last character before a place, past white space and what closes a quotation. */
  #before(at: number): { text: string; spaced: boolean } {
    const spaced = this.#cell(at - 1) === ' ';
    let place = at - (spaced ? 2 : 1);
    while (CLOSING.test(this.#cell(place)) && !endsAnything(this.#cell(place))) place -= 1;
    return { text: this.#cell(place), spaced };
  }
}

function endsAnything(text: string): boolean {
  return ENDS_SENTENCE.test(text) || ENDS_CLAUSE.test(text);
}

/** White space is folded to single spaces, except that nothing begins or ends with one. */
function cellsOf(text: string, marks: Marks): Cell[] {
  const cells: Cell[] = [];
  let gap: Cell | null = null;
  let at = 0;
  let next = 0;
  for (const character of text) {
    const start = at;
    at += character.length;
    while ((marks[next]?.[1] ?? Infinity) <= start) next += 1;
    const marked = (marks[next]?.[0] ?? Infinity) < at;
    if (/\s/.test(character)) {
      gap ??= { text: ' ', width: 1, marked, first: false };
      // The shell gives each paragraph a line of its own.
      gap.first ||= character === '\n';
      continue;
    }
    const first = gap?.first ?? false;
    if (gap && cells.length > 0) cells.push({ ...gap, first: false });
    gap = null;
    cells.push({ text: character, width: widthOf(character), marked, first });
  }
  return cells;
}

function widthOf(character: string): number {
  if (JOINED.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
