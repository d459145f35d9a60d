// A person's own questions, runs of them, and encoders, for tests of the window's logic.
import type { Encoder, Model, OwnRun, RunOutcome } from '../src/backend';

export function modelOf(id: string, over: Partial<Model> = {}): Model {
  return {
    id,
    kind: 'encoder',
    title: id,
    bytes: 470_000_000,
    installed: true,
    isDefault: id === 'multilingual-e5-small',
    licence: 'MIT',
    ...over,
  };
}

export function encoderOf(id: string, over: Partial<Encoder> = {}): Encoder {
  return { id, inUse: false, done: 40, total: 40, ...over };
}

export function outcomeOf(
  question: number,
  rank: number | null,
  over: Partial<RunOutcome> = {},
): RunOutcome {
  return {
    question,
    text: `Question ${question}`,
    document: 1,
    first: question,
    last: question,
    rank,
    instead: [1, rank === 1 ? question : 9],
    ms: 4,
    ...over,
  };
}

const flat = (mean: number) => ({
  mean,
  low: Math.max(0, mean - 0.2),
  high: Math.min(1, mean + 0.2),
});

/** A run in which the questions 1, 2, … were found at these ranks. */
export function runOf(id: number, ranks: (number | null)[], over: Partial<OwnRun> = {}): OwnRun {
  const within = (most: number) =>
    flat(ranks.filter((rank) => rank !== null && rank <= most).length / ranks.length);
  return {
    id,
    created: `2026-11-2${id}T08:30:00Z`,
    config: { encoder: 'multilingual-e5-small', mode: 'hybrid', rerank: true },
    version: '0.1.0',
    documents: 1,
    passages: 40,
    metrics: {
      recall1: within(1),
      recall5: within(5),
      recall10: within(10),
      mrr10: flat(
        ranks.reduce<number>((sum, rank) => sum + 1 / (rank ?? Infinity), 0) / ranks.length,
      ),
    },
    outcomes: ranks.map((rank, index) => outcomeOf(index + 1, rank)),
    ...over,
  };
}
