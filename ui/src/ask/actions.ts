// What can be done with a turn; the window does it.
import type { Problem } from '../backend';
import type { ReaderTarget } from '../shared/target';
import type { Turn } from './conversation.svelte';
import type { How } from './question';

export interface TurnActions {
  open: (target: ReaderTarget) => void;
  /** Asks the newest question again; without `how` as the next question would be asked. */
  again: (how?: How) => void;
  edit: (turn: Turn) => void;
  /** The editing is over, nothing came of it. */
  leave: () => void;
  /** Asks something else in the place of a turn, in a conversation of its own. */
  branch: (turn: Turn, question: string) => void;
  remove: (turn: Turn) => void;
  saved: (name: string) => void;
  failed: (problem: Problem) => void;
  /** Shows where one sets how readily questions are refused. */
  strictness: () => void;
}
