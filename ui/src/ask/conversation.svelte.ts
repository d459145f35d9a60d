// One conversation: its turns, and the answer that is being written.
import {
  ask,
  asProblem,
  chat as fetchChat,
  stop,
  type Answer,
  type AnswerUpdate,
  type Citation,
  type Evidence,
  type Problem,
  type Refusal,
  type Scope,
} from '../backend';

export type Phase = 'retrieving' | 'reading' | 'writing' | 'done' | 'stopped' | 'failed';

/** A question and what became of it. */
export class Turn {
  phase = $state<Phase>('retrieving');
  text = $state('');
  evidence = $state.raw<Evidence[]>([]);
  citations = $state.raw<Citation[]>([]);
  refusal = $state.raw<Refusal | null>(null);
  answer = $state.raw<Answer | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(
    readonly question: string,
    readonly scope: string,
  ) {}

  static of(answer: Answer): Turn {
    const turn = new Turn(answer.question, '');
    turn.apply({ type: 'done', answer });
    return turn;
  }

  get busy(): boolean {
    return this.phase === 'retrieving' || this.phase === 'reading' || this.phase === 'writing';
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
      case 'token':
        this.text += update.text;
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
    this.problem = null;
  }

  async open(id: number) {
    this.begin();
    this.id = id;
    try {
      const stored = await fetchChat(id);
      if (this.id !== id) return;
      this.title = stored.title;
      this.turns = stored.turns.map((answer) => Turn.of(answer));
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  /** Asks, unless an answer is being written; resolves when it is. */
  async ask(question: string, scope: Scope, scopeName: string, quotes: boolean) {
    if (this.busy) return;
    const turn = new Turn(question, scopeName);
    this.turns = [...this.turns, turn];
    if (this.title === '') this.title = question;
    const request = { question, scope, chat: this.id, quotes, model: null };
    try {
      await ask(request, (update) => this.heard(turn, update));
    } catch (error) {
      turn.fail(asProblem(error));
    }
  }

  private heard(turn: Turn, update: AnswerUpdate) {
    turn.apply(update);
    const current = this.turns.includes(turn);
    if (current && update.type === 'done' && update.answer.chat !== null) {
      this.id = update.answer.chat;
    }
  }

  stop() {
    if (this.busy) void stop();
  }
}
