// The conversation of the window and the list it stands in: what is asked, and what becomes of it.
import {
  asProblem,
  chats,
  pinChat,
  removeChat,
  renameChat,
  type AskMode,
  type ChatSummary,
  type ExportFormat,
} from '../backend';
import { Conversation, type Turn } from '../ask/conversation.svelte';
import { save, saveHighlighted, type Outcome } from '../ask/exporting';
import { AS_USUAL, LEAST_STRICT, possibleMode, type How, type Way } from '../ask/question';
import { t, type NamedProblem } from '../shared/i18n.svelte';
import { choiceOf, scopeLabel, scopeOf } from '../shared/scope';
import type { Workspace } from './workspace.svelte';

export class Talk implements Outcome {
  chats = $state.raw<ChatSummary[]>([]);
  readonly conversation = new Conversation();
  readonly #workspace: Workspace;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  async refresh() {
    this.chats = await chats();
  }

  async ask(question: string) {
    this.#workspace.uncover();
    await this.conversation.ask(question, this.#way());
    await this.#refreshed();
  }

  /** Asks the question of a turn once more, at the end of its conversation. */
  async askOnceMore(chat: number, turn: number) {
    await this.open(chat);
    const question = this.conversation.turns[turn]?.question;
    if (question !== undefined) await this.ask(question);
  }

  /** Only `answer` is written by a language model, so whoever chooses one wants that. */
  askAgain(how?: How) {
    return this.#again(how ? { mode: 'answer', how } : {});
  }

  /** Has the newest question answered, which was refused. */
  answerAnyway() {
    return this.#again({ strictness: LEAST_STRICT });
  }

  /** Has the newest question answered with what was set apart of the documents. */
  answerBelieving() {
    return this.#again({ believe: true });
  }

  /** Asks something else in the place of a turn. */
  async branch(turn: Turn, question: string) {
    await this.#workspace.attempt(async () => {
      const where = await this.conversation.branch(turn, question);
      if (where === 'branch') this.#workspace.say(t('chat.branched'));
      if (where !== null) await this.ask(question);
    });
  }

  /** Lets the last question be changed. */
  edit(turn = this.conversation.turns.at(-1)) {
    if (turn && !this.conversation.busy) this.conversation.editing = turn;
  }

  async removeTurn(turn: Turn) {
    const { conversation } = this;
    await this.#workspace.attempt(() => conversation.remove(turn));
    if (conversation.turns.length > 0) await this.#refreshed();
    else if (conversation.id !== null) await this.remove(conversation.id);
    else this.begin();
  }

  begin() {
    this.#workspace.uncover();
    this.conversation.begin();
  }

  /** Shows a conversation, looking where it looked. */
  async open(id: number) {
    const workspace = this.#workspace;
    workspace.uncover();
    const chat = await this.conversation.open(id);
    if (chat) workspace.scope = choiceOf(chat.scope, workspace.libraries, workspace.documents);
  }

  async rename(id: number, title: string) {
    await this.#change(() => renameChat(id, title));
    const { conversation } = this;
    const named = this.chats.find((chat) => chat.id === id)?.title;
    if (conversation.id === id && named !== undefined) conversation.title = named;
  }

  pin(id: number, pinned: boolean) {
    return this.#change(() => pinChat(id, pinned));
  }

  async remove(id: number) {
    await this.#change(() => removeChat(id));
    if (this.conversation.id === id) this.begin();
  }

  export({ id, title }: ChatSummary, format: ExportFormat) {
    return save({ chat: id, title }, format, this);
  }

  highlight({ id, title }: ChatSummary) {
    return saveHighlighted({ chat: id, title }, this);
  }

  readonly saved = (...files: string[]) => {
    const [name = ''] = files;
    const count = files.length;
    this.#workspace.say(
      count > 1 ? t('chat.exported_copies', { count }) : t('chat.exported', { name }),
    );
  };
  readonly failed = (...problems: NamedProblem[]) => {
    this.#workspace.problems = problems;
  };

  #way(mode: AskMode | null = null): Way {
    const { scope, libraries, documents, hasGenerator } = this.#workspace;
    return {
      scope: scopeOf(scope),
      scopeName: scopeLabel(scope, libraries, documents),
      mode: possibleMode(mode ?? this.#workspace.mode, hasGenerator),
      how: AS_USUAL,
      strictness: null,
      believe: false,
    };
  }

  /** The newest question once more, as it was answered but for `over`. */
  async #again(over: Partial<Way>) {
    const last = this.conversation.turns.at(-1);
    const { mode = null, strictness = null, believe = false } = last ?? {};
    await this.conversation.askAgain({ ...this.#way(mode), strictness, believe, ...over });
    await this.#refreshed();
  }

  async #change(work: () => Promise<unknown>) {
    try {
      await work();
      await this.refresh();
    } catch (error) {
      this.failed(asProblem(error));
    }
  }

  #refreshed() {
    return this.#workspace.attempt(() => this.refresh());
  }
}
