// What can be done with a turn; the window does it.
import type { ReaderTarget } from '../shared/target';
import type { Turn } from './conversation.svelte';
import type { Outcome } from './exporting';
import type { How } from './question';

export interface TurnActions extends Outcome {
  open: (target: ReaderTarget) => void;
  /** Asks the newest question again; without `how` as it was answered. */
  again: (how?: How) => void;
  /** Asks the newest question again, which was refused, to have it answered all the same. */
  anyway: () => void;
  /** Asks the newest question again, with what was set apart of the documents. */
  believe: () => void;
  edit: (turn: Turn) => void;
  /** The editing is over, nothing came of it. */
  leave: () => void;
  /** Asks something else in the place of a turn, in a conversation of its own. */
  branch: (turn: Turn, question: string) => void;
  remove: (turn: Turn) => void;
  /** Shows where one sets how readily questions are refused. */
  strictness: () => void;
}
