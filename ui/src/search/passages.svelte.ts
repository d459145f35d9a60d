// The passages for what a person types: by words at once, by words and meaning as soon as those are
// found. Deliberately not here: how they are shown, and which of them is chosen.
import {
  asProblem,
  search,
  type Hit,
  type Problem,
  type Scope,
  type SearchMode,
  type SearchResult,
} from '../backend';

/** How long typing rests before each search is asked; the one by meaning takes a model. */
const PAUSE_MS: Record<SearchMode, number> = { lexical: 40, hybrid: 180 };

export class Passages {
  hits = $state.raw<Hit[]>([]);
  /** Which search found them; `null` before any did. */
  mode = $state.raw<SearchMode | null>(null);
  /** Whether the text names a place that does not exist. */
  nowhere = $state.raw(false);
  /** Whether nothing is awaited any more for the text last typed. */
  settled = $state.raw(true);
  #problems = $state.raw<Partial<Record<SearchMode, Problem>>>({});
  #awaited: readonly SearchMode[] = [];
  /** Whether `hits` are those of the text last typed. */
  #fresh = true;
  #looks = 0;
  #waiting: ReturnType<typeof setTimeout>[] = [];

  get problem(): Problem | null {
    return this.#problems.hybrid ?? this.#problems.lexical ?? null;
  }

  /** Looks for a text. What was found for another stays until something is found for this one. */
  look(text: string, scope: Scope, limit: number) {
    this.stop();
    if (text === '') {
      this.#clear();
      return;
    }
    this.#fresh = false;
    this.settled = false;
    this.#awaited = ['lexical', 'hybrid'];
    const look = this.#looks;
    const ask = async (mode: SearchMode) => {
      const answer = await search(text, scope, limit, mode).catch((error: unknown) =>
        asProblem(error),
      );
      if (look === this.#looks) this.#answered(mode, answer);
    };
    this.#waiting = this.#awaited.map((mode) => setTimeout(() => void ask(mode), PAUSE_MS[mode]));
  }

  /** Answers that are still on their way no longer count. */
  stop() {
    this.#looks += 1;
    for (const timer of this.#waiting) clearTimeout(timer);
  }

  #answered(mode: SearchMode, answer: SearchResult | Problem) {
    // Words alone know nothing that words and meaning do not.
    if (!this.#awaited.includes(mode)) return;
    this.#awaited = this.#awaited.filter((other) => other !== mode);
    if ('hits' in answer) this.#found(mode, answer);
    else this.#failed(mode, answer);
    this.settled = this.#awaited.length === 0;
  }

  #found(mode: SearchMode, { hits, nowhere }: SearchResult) {
    this.hits = hits;
    this.nowhere = nowhere;
    this.mode = mode;
    this.#fresh = true;
    if (mode === 'hybrid') this.#awaited = [];
    // What keeps only the meaning from being looked for, a missing model say, does so for every
    // text: it is left standing, so that it does not come and go at every letter.
    if (mode === 'hybrid' || this.#problems.lexical) this.#problems = {};
  }

  #failed(mode: SearchMode, problem: Problem) {
    this.#problems = { ...this.#problems, [mode]: problem };
    if (this.#fresh) return;
    this.hits = [];
    this.nowhere = false;
    this.mode = null;
  }

  #clear() {
    this.hits = [];
    this.nowhere = false;
    this.mode = null;
    this.settled = true;
    this.#problems = {};
  }
}
