// What can be asked, and how it is to be answered.
import type { Scope } from '../backend';

/** In characters: the engine's own limit; longer questions are refused there as well. */
export const QUESTION_LIMIT = 8000;

/** How the language model writes; `null` leaves it as it is by default. */
export interface How {
  model: string | null;
  temperature: number | null;
  seed: number | null;
}

/** Everything about a question but its words. */
export interface Way {
  scope: Scope;
  /** As a person calls it. */
  scopeName: string;
  /** Sentences of the documents alone. */
  quotes: boolean;
  how: How;
}

export const AS_USUAL: How = { model: null, temperature: null, seed: null };
