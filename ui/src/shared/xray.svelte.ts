// What became of the pages of one document, asked of the shell and asked again when it changes.
import { asProblem, pages, type Document, type ImportItem, type PageSummary } from '../backend';
import type { Problem } from '../backend';

/** While a document is read its pages are asked for so many times, not at every one of them. */
const LOOKS = 40;

/** Changes whenever the pages may have. */
export function xrayKey(document: Document, item: ImportItem | undefined): string {
  const beat = item ? Math.floor(item.done / Math.max(1, Math.ceil(item.total / LOOKS))) : '';
  const { id, status, coverage } = document;
  return [id, status, Object.values(coverage).join(' '), item?.stage ?? '', beat].join('|');
}

export class Xray {
  pages = $state.raw<PageSummary[]>([]);
  problem = $state.raw<Problem | null>(null);
  #document = 0;
  #asked = 0;

  /** Asks; what is there stays until the answer comes, unless it is another document's. */
  load(document: number) {
    if (document !== this.#document) this.pages = [];
    this.#document = document;
    const asked = (this.#asked += 1);
    const current = () => asked === this.#asked;
    pages(document).then(
      (found) => {
        if (!current()) return;
        this.pages = found;
        this.problem = null;
      },
      (error: unknown) => {
        if (current()) this.problem = asProblem(error);
      },
    );
  }
}
