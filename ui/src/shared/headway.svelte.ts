// How far long work of the shell is, and how long it still takes at the pace it has had.
import type { RunProgress } from '../backend';

/** Sooner than this nothing is said of the time left. */
const PATIENCE_MS = 3000;

export class Headway {
  /** Null until the first word of it. */
  progress = $state.raw<RunProgress | null>(null);
  secondsLeft = $state<number | null>(null);
  #began = { at: 0, done: 0 };

  begin() {
    this.progress = null;
    this.secondsLeft = null;
  }

  note(next: RunProgress, now = performance.now()) {
    const goesOn = this.progress?.preparing === next.preparing && this.progress.done <= next.done;
    if (!goesOn) this.#began = { at: now, done: next.done };
    this.progress = next;
    this.secondsLeft = this.left(next, now);
  }

  private left({ done, total }: RunProgress, now: number): number | null {
    const { at, done: before } = this.#began;
    if (done <= before || now - at < PATIENCE_MS) return null;
    return ((now - at) / 1000 / (done - before)) * (total - done);
  }
}
