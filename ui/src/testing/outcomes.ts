// Questions of a run in the order people look at them, and those on which two runs differ.
import type { OwnRun, RunOutcome } from '../backend';
import type { Metric } from './figures';

/** Passages a test looks through; see `DEPTH` in crates/engine/src/own.rs. */
export const DEPTH = 20;

/** A question that two runs asked. */
export interface Pair {
  outcome: RunOutcome;
  before: number | null;
  after: number | null;
}

/** A rank to count with: behind all others where there was none. */
const place = (rank: number | null) => rank ?? DEPTH + 1;

/** What was not found first, then what was found late. */
export function worstFirst(outcomes: readonly RunOutcome[]): RunOutcome[] {
  return [...outcomes].sort((a, b) => place(b.rank) - place(a.rank));
}

/** Questions both asked, as the second has them. */
export function pairsOf(first: OwnRun, second: OwnRun): Pair[] {
  const before = new Map(first.outcomes.map(({ question, rank }) => [question, rank]));
  return second.outcomes.flatMap((outcome) => {
    const rank = before.get(outcome.question);
    return rank === undefined ? [] : [{ outcome, before: rank, after: outcome.rank }];
  });
}

/** Those whose rank changed; what the second finds later comes first. */
export function differing(pairs: readonly Pair[]): Pair[] {
  const loss = ({ before, after }: Pair) => place(after) - place(before);
  return pairs.filter(({ before, after }) => before !== after).sort((a, b) => loss(b) - loss(a));
}

/** Questions that count differently for a metric. */
export function changed(pairs: readonly Pair[], metric: Metric): number {
  return pairs.filter(({ before, after }) => worth(metric, before) !== worth(metric, after)).length;
}

const WITHIN = { recall1: 1, recall5: 5, recall10: 10, mrr10: 10 } as const;

/** What a rank gives for a metric. */
function worth(metric: Metric, rank: number | null): number {
  if (rank === null || rank > WITHIN[metric]) return 0;
  return metric === 'mrr10' ? 1 / rank : 1;
}
