// Documents chosen together, as in any list: one by one, or from one to another.
import { SvelteSet } from 'svelte/reactivity';

export class Selection {
  readonly ids = new SvelteSet<number>();
  #from: number | null = null;

  /** Chooses one, or no longer. */
  toggle(id: number) {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.#from = id;
  }

  /** Chooses all from the one chosen last to this, in the order they are shown in. */
  extend(id: number, shown: readonly number[]) {
    const [from, to] = [shown.indexOf(this.#from ?? id), shown.indexOf(id)];
    if (from < 0 || to < 0) {
      this.toggle(id);
      return;
    }
    for (const between of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      this.ids.add(between);
    }
  }

  clear() {
    this.ids.clear();
    this.#from = null;
  }
}
