// The text of a document's pages, fetched as they come into sight.
import { pageTexts, type PageText } from '../backend';
import type { ReaderTarget } from '../shared/target';

/** So many pages are fetched at once, around the one in sight. */
const AT_ONCE = 8;

export class Texts {
  readonly #target: ReaderTarget;
  readonly #earlier: boolean;
  readonly #lots = new Map<number, Promise<Map<number, PageText>>>();

  constructor(target: ReaderTarget, earlier: boolean) {
    this.#target = target;
    this.#earlier = earlier;
  }

  /** A page, or nothing where it is not kept or could not be read. */
  async page(number: number): Promise<PageText | undefined> {
    const lot = Math.floor((number - 1) / AT_ONCE);
    let fetched = this.#lots.get(lot);
    if (!fetched) {
      fetched = this.#fetch(lot);
      this.#lots.set(lot, fetched);
    }
    return (await fetched).get(number);
  }

  async #fetch(lot: number): Promise<Map<number, PageText>> {
    const { document, regions } = this.#target;
    const numbers = Array.from({ length: AT_ONCE }, (_, index) => lot * AT_ONCE + index + 1);
    const version = this.#earlier ? document.sha256 : '';
    const pages = await pageTexts(document.id, version, numbers, regions);
    return new Map(pages.map((page) => [page.number, page]));
  }
}
