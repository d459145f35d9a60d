// One conversation: its turns, and the answer that is being written.
import {
  ask,
  asProblem,
  branchChat,
  chat as fetchChat,
  removeTurn,
  stop,
  type Answer,
  type AnswerBlock,
  type AnswerUpdate,
  type AskMode,
  type Chat,
  type Citation,
  type Evidence,
  type Problem,
  type Refusal,
} from '../backend';
import type { Way } from './question';

export type Phase =
  'retrieving' | 'reading' | 'thinking' | 'writing' | 'done' | 'stopped' | 'failed';

const BUSY: readonly Phase[] = ['retrieving', 'reading', 'thinking', 'writing'];

/** A question and what became of it. */
export class Turn {
  phase = $state<Phase>('retrieving');
  text = $state('');
  /** The text, laid out. */
  blocks = $state.raw<AnswerBlock[]>([]);
  /** What a model that thinks thought first. */
  reasoning = $state('');
  /** How many parts of a long text are read. */
  parts = $state.raw<{ done: number; total: number } | null>(null);
  evidence = $state.raw<Evidence[]>([]);
  citations = $state.raw<Citation[]>([]);
  refusal = $state.raw<Refusal | null>(null);
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(
    readonly question: string,
    readonly scope: string,
    /** How readily it was to be refused, if not as the person set it. */
    readonly strictness: number | null = null,
    /** Whether documents were to be read as they are, nothing set apart. */
    readonly believe = false,
  ) {}

  static of(answer: Answer): Turn {
    const turn = new Turn(answer.question, '');
    turn.apply({ type: 'done', answer });
    return turn;
  }

  /** Whether it breaks off: it was stopped, or the program ended while it was written. */
  get interrupted(): boolean {
    return this.phase === 'stopped' || (this.answer?.interrupted ?? false);
  }

  /** How it was answered, where that is known. */
  get mode(): AskMode | null {
    return this.answer?.provenance?.mode ?? null;
  }

  get busy(): boolean {
    return BUSY.includes(this.phase);
  }

  apply(update: AnswerUpdate) {
    switch (update.type) {
      case 'retrieving':
        this.phase = 'retrieving';
        break;
      case 'evidence':
        this.evidence = update.evidence;
        this.phase = 'reading';
        break;
      case 'progress':
        this.parts = { done: update.done, total: update.total };
        break;
      case 'reasoning':
        this.reasoning += update.text;
        if (this.text === '') this.phase = 'thinking';
        break;
      case 'token':
        this.text += update.text;
        this.blocks = update.blocks;
        this.phase = 'writing';
        break;
      case 'citation':
        this.citations = [...this.citations, update.citation];
        break;
      case 'refused':
        this.refusal = update.refusal;
        break;
      case 'done':
        this.finish(update.answer);
        break;
      case 'failed':
        this.fail(update.problem);
        break;
    }
  }

  fail(problem: Problem) {
    if (problem.code === 'cancelled') {
      this.phase = 'stopped';
      return;
    }
    this.problem = problem;
    this.phase = 'failed';
  }

  /** The checked answer replaces what was streamed. */
  private finish(answer: Answer) {
    this.answer = answer;
    this.text = answer.text;
    this.blocks = answer.blocks;
    this.reasoning = answer.reasoning ?? '';
    this.evidence = answer.evidence;
    this.citations = answer.citations;
    this.refusal = answer.refusal;
    this.phase = 'done';
  }
}

export class Conversation {
  id = $state<number | null>(null);
  title = $state('');
  turns = $state.raw<Turn[]>([]);
  /** Whose question is being changed. */
  editing = $state.raw<Turn | null>(null);
  problem = $state.raw<Problem | null>(null);

  get busy(): boolean {
    return this.turns.at(-1)?.busy ?? false;
  }

  /** Every citation of the conversation in reading order. */
  get citations(): Citation[] {
    return this.turns.flatMap((turn) => turn.citations);
  }

  begin() {
    if (this.busy) void stop();
    this.id = null;
    this.title = '';
    this.turns = [];
    this.editing = null;
    this.problem = null;
  }

  /** Shows a conversation; gives it, unless another is to be shown by then. */
  async open(id: number): Promise<Chat | null> {
    this.begin();
    this.id = id;
    try {
      const stored = await fetchChat(id);
      if (this.id !== id) return null;
      this.title = stored.title;
      this.turns = stored.turns.map((answer) => Turn.of(answer));
      return stored;
    } catch (error) {
      this.problem = asProblem(error);
      return null;
    }
  }

  /** Asks, unless an answer is being written; resolves when it is. */
  async ask(question: string, way: Way) {
    if (this.busy) return;
    if (this.title === '') this.title = question;
    await this.write(question, this.turns, false, way);
  }

  /** Asks the newest question again. Its answer stays unless another comes. */
  async askAgain(way: Way) {
    const last = this.turns.at(-1);
    if (!last || this.busy) return;
    const before = this.turns.slice(0, -1);
    const turn = await this.write(last.question, before, last.answer !== null, way);
    if (turn.answer !== null || last.answer === null || !this.turns.includes(turn)) return;
    last.problem = turn.problem;
    this.turns = [...before, last];
  }

  /** Goes back to before a turn, to ask something else there. What was answered stays where it is:
   * this goes on in a conversation of its own, if there is need for one. Gives where it is to be
   * asked; nowhere, if an answer is being written or another conversation was opened meanwhile. */
  async branch(turn: Turn, question: string): Promise<'here' | 'branch' | null> {
    if (this.busy) return null;
    this.editing = null;
    const { id } = this;
    const before = this.turns.slice(0, this.turns.indexOf(turn));
    if (turn.answer === null && turn === this.turns.at(-1)) {
      this.turns = before;
      return 'here';
    }
    const kept = before.filter(({ answer }) => answer !== null);
    const next = id && kept.length > 0 ? await branchChat(id, kept.length, question) : null;
    if (this.id !== id) return null;
    this.begin();
    this.id = next;
    this.title = question;
    this.turns = kept;
    return 'branch';
  }

  async remove(turn: Turn) {
    if (turn.answer !== null && this.id !== null) {
      await removeTurn(this.id, this.ordinalOf(turn));
    }
    this.turns = this.turns.filter((other) => other !== turn);
  }

  /** Its number among those that were kept, from 0: a question without an answer is not. */
  ordinalOf(turn: Turn): number {
    const before = this.turns.slice(0, this.turns.indexOf(turn));
    return before.filter(({ answer }) => answer !== null).length;
  }

  stop() {
    if (this.busy) void stop();
  }

  private async write(question: string, before: Turn[], again: boolean, way: Way): Promise<Turn> {
    const { scope, scopeName, mode, how, strictness, believe } = way;
    const turn = new Turn(question, scopeName, strictness, believe);
    this.turns = [...before, turn];
    try {
      const told = { question, scope, chat: this.id, again, mode, strictness, believe };
      await ask({ ...told, ...how }, (update) => this.heard(turn, update));
    } catch (error) {
      turn.fail(asProblem(error));
    }
    return turn;
  }

  private heard(turn: Turn, update: AnswerUpdate) {
    turn.apply(update);
    const current = this.turns.includes(turn);
    if (current && update.type === 'done' && update.answer.chat !== null) {
      this.id = update.answer.chat;
    }
  }
}
