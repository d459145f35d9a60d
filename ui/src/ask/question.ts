// What can be asked, and how it is to be answered.
import type { AskMode, Scope } from '../backend';

/** In characters: the engine's own limit; longer questions are refused there as well. */
export const QUESTION_LIMIT = 8000;

/** What can be made of what is found, in the order it is offered. */
export const ASK_MODES: readonly AskMode[] = [
  'answer',
  'quotes',
  'compare',
  'extract',
  'summary',
  'digest',
];

/** Those in which a language model writes, and what stands in for them without one. */
const WITHOUT_MODEL: Partial<Record<AskMode, AskMode>> = { answer: 'quotes', digest: 'summary' };

export function needsModel(mode: AskMode): boolean {
  return mode in WITHOUT_MODEL;
}

/** Without a language model nothing is written, so quotations stand in for an answer. */
export function possibleMode(mode: AskMode, writes: boolean): AskMode {
  return writes ? mode : (WITHOUT_MODEL[mode] ?? mode);
}

/** How the language model writes; `null` leaves it as it is by default. */
export interface How {
  model: string | null;
  temperature: number | null;
  seed: number | null;
  /** Whether one that can think may do so first. */
  reasons: boolean;
}

/** Everything about a question but its words. */
export interface Way {
  scope: Scope;
  /** As a person calls it. */
  scopeName: string;
  mode: AskMode;
  how: How;
  /** How readily is refused, -1 to 1; `null` leaves it as the person set it. */
  strictness: number | null;
  /** Documents are read as they are, nothing set apart. */
  believe: boolean;
}

/** The least strictness there is: hardly any question is refused. */
export const LEAST_STRICT = -1;

export const AS_USUAL: How = { model: null, temperature: null, seed: null, reasons: false };
