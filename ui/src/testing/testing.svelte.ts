// "Test my library": the questions and runs that the shell keeps, the run that goes on, and what is
// looked at. It outlives its page: a test goes on while the page is closed.
import {
  addOwnQuestion,
  compareOwnRuns,
  encoders,
  ownQuestions,
  ownRuns,
  removeOwnQuestion,
  removeOwnRun,
  runOwnQuestions,
  stopTest,
  type Comparison,
  type OwnQuestion,
  type OwnRun,
  type Problem,
} from '../backend';
import { attempted } from '../shared/attempted';
import { Headway } from '../shared/headway.svelte';
import { emptyDraft, next, pagesOf, type Draft } from './draft';
import { configOf, usualSettings, type Settings } from './settings';

/** Two runs side by side, the earlier first. */
export interface SideBySide {
  first: OwnRun;
  second: OwnRun;
  comparison: Comparison;
}

export class Testing {
  questions = $state.raw<OwnQuestion[]>([]);
  runs = $state.raw<OwnRun[]>([]);
  /** The encoder that searches use. */
  inUse = $state<string | null>(null);
  loaded = $state(false);
  running = $state(false);
  problem = $state.raw<Problem | null>(null);
  draft = $state.raw<Draft>(emptyDraft());
  settings = $state.raw<Settings>(usualSettings());
  /** Runs chosen to be compared, at most two. */
  chosen = $state.raw<number[]>([]);
  sideBySide = $state.raw<SideBySide | null>(null);
  readonly headway = new Headway();
  #shown = $state<number | null>(null);

  /** The run looked at: the one chosen, else the latest. */
  get shown(): OwnRun | null {
    return this.runs.find(({ id }) => id === this.#shown) ?? this.runs[0] ?? null;
  }

  async load() {
    await this.attempt(async () => {
      const [questions, runs, known] = await Promise.all([ownQuestions(), ownRuns(), encoders()]);
      this.questions = questions;
      this.runs = runs;
      this.inUse = known.find((encoder) => encoder.inUse)?.id ?? null;
      this.loaded = true;
    });
  }

  /** Keeps the drafted question. */
  async add() {
    const { question, document } = this.draft;
    const pages = pagesOf(this.draft);
    if (document === null || !pages) return;
    await this.attempt(async () => {
      await addOwnQuestion(question.trim(), document, ...pages);
      this.draft = next(this.draft);
      this.questions = await ownQuestions();
    });
  }

  async removeQuestion(id: number) {
    await this.attempt(async () => {
      await removeOwnQuestion(id);
      this.questions = await ownQuestions();
    });
  }

  /** Asks all questions; true once there is a result. */
  async run(): Promise<boolean> {
    this.running = true;
    this.headway.begin();
    const done = await this.attempt(async () => {
      const config = configOf(this.settings);
      const run = await runOwnQuestions(config, (progress) => this.headway.note(progress));
      this.runs = [run, ...this.runs];
      this.show(run.id);
    });
    this.running = false;
    return done;
  }

  stop() {
    void stopTest();
  }

  show(run: number) {
    this.#shown = run;
    this.chosen = [];
    this.sideBySide = null;
  }

  /** Chooses a run to be compared, or no longer; of three, the one chosen first is let go. */
  async choose(run: number) {
    const others = this.chosen.filter((id) => id !== run);
    this.chosen = others.length < this.chosen.length ? others : [...others, run].slice(-2);
    await this.compare();
  }

  async removeRun(id: number) {
    const removed = await this.attempt(() => removeOwnRun(id));
    if (!removed) return;
    this.runs = this.runs.filter((run) => run.id !== id);
    this.chosen = this.chosen.filter((run) => run !== id);
    await this.compare();
  }

  private async compare() {
    const chosen = this.chosen;
    // Runs stand latest first.
    const [second, first] = this.runs.filter(({ id }) => chosen.includes(id));
    this.sideBySide = null;
    if (!first || !second) return;
    await this.attempt(async () => {
      const comparison = await compareOwnRuns(first.id, second.id);
      if (this.chosen === chosen) this.sideBySide = { first, second, comparison };
    });
  }

  /** Does something with the shell; what goes wrong is shown, a stop is no problem. */
  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    this.problem = null;
    const { done, problem } = await attempted(work);
    this.problem = problem;
    return done;
  }
}
