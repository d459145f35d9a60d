// Fetching the models this machine should have and has not.
import {
  asProblem,
  pullModel,
  stopPull,
  type Model,
  type Problem,
  type PullProgress,
} from '../backend';

const BEGIN: PullProgress = { stage: 'connecting', doneBytes: 0, totalBytes: null };

export class Pull {
  running = $state<Model | null>(null);
  progress = $state.raw<PullProgress>(BEGIN);
  problem = $state.raw<Problem | null>(null);

  /** Fetches a model; true once it is here. */
  async get(model: Model): Promise<boolean> {
    this.running = model;
    this.problem = null;
    this.progress = BEGIN;
    try {
      await pullModel(model.id, (progress) => (this.progress = progress));
      return true;
    } catch (error) {
      const problem = asProblem(error);
      this.problem = problem.code === 'cancelled' ? null : problem;
      return false;
    } finally {
      this.running = null;
    }
  }

  stop() {
    void stopPull();
  }
}

/** The default model of a kind, where no model of that kind is here. */
export function missing(models: readonly Model[], kind: Model['kind']): Model | null {
  const ofKind = models.filter((model) => model.kind === kind);
  const usable = kind === 'generator' ? ofKind : ofKind.filter(({ isDefault }) => isDefault);
  if (usable.some(({ installed }) => installed)) return null;
  return ofKind.find(({ isDefault }) => isDefault) ?? null;
}
