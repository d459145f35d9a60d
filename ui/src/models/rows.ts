// The encoders a person chooses from, in order: those of this machine, then those to be had.
import type { Encoder, Model } from '../backend';

export interface EncoderRow {
  id: string;
  title: string;
  /** In the catalogue or on this machine; null where only its vectors are left. */
  model: Model | null;
  installed: boolean;
  inUse: boolean;
  /** The one that was measured best, which the catalogue has by default. */
  best: boolean;
  /** How far its vectors are; null where there are none. */
  vectors: Pick<Encoder, 'done' | 'total'> | null;
}

export interface EncoderRows {
  here: EncoderRow[];
  others: EncoderRow[];
}

export function encoderRows(models: readonly Model[], kept: readonly Encoder[]): EncoderRows {
  const known = models.filter(({ kind }) => kind === 'encoder');
  const orphans = kept.filter(({ id }) => !known.some((model) => model.id === id));
  const rows = [
    ...known.map((model) => rowOf(model.id, model, kept)),
    ...orphans.map(({ id }) => rowOf(id, null, kept)),
  ].sort((a, b) => rankOf(a) - rankOf(b));
  const isHere = ({ installed, inUse, vectors }: EncoderRow) => installed || inUse || vectors;
  return { here: rows.filter(isHere), others: rows.filter((row) => !isHere(row)) };
}

function rowOf(id: string, model: Model | null, kept: readonly Encoder[]): EncoderRow {
  const encoder = kept.find((one) => one.id === id);
  return {
    id,
    title: model?.title ?? id,
    model,
    installed: model?.installed ?? false,
    inUse: encoder?.inUse ?? false,
    best: model?.isDefault ?? false,
    vectors: encoder ? { done: encoder.done, total: encoder.total } : null,
  };
}

/** The one in use, then the best, then the others as the catalogue has them. */
function rankOf({ inUse, best }: EncoderRow): number {
  if (inUse) return 0;
  return best ? 1 : 2;
}
