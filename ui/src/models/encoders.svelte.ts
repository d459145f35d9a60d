// The encoders of this machine: which is used, how far the vectors of others are, and a change to
// another. It outlives its dialog: vectors are made while the dialog is closed.
import {
  dropEncoder,
  encoders,
  stopTest,
  useEncoder,
  type Encoder,
  type Problem,
} from '../backend';
import { attempted } from '../shared/attempted';
import { Headway } from '../shared/headway.svelte';
import { Pull } from './pull.svelte';

export class Encoders {
  /** Those that vectors are kept of, the one in use first. */
  kept = $state.raw<Encoder[]>([]);
  /** Whose vectors are being made. */
  making = $state<string | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly headway = new Headway();
  readonly pull = new Pull();

  async load() {
    await this.attempt(async () => {
      this.kept = await encoders();
    });
  }

  /** Makes an encoder's vectors and searches by it; true once it does. */
  async use(id: string): Promise<boolean> {
    this.making = id;
    this.headway.begin();
    const used = await this.attempt(() =>
      useEncoder(id, (progress) => this.headway.note(progress)),
    );
    this.making = null;
    // What was made before a stop is kept, and shown.
    const problem = this.problem;
    await this.load();
    this.problem ??= problem;
    return used;
  }

  stop() {
    void stopTest();
  }

  async drop(id: string) {
    await this.attempt(async () => {
      await dropEncoder(id);
      this.kept = await encoders();
    });
  }

  /** What goes wrong is shown; a stop is no problem. */
  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    const { done, problem } = await attempted(work);
    this.problem = problem;
    return done;
  }
}
