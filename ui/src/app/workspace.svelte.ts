// What the whole window knows: libraries, documents, models, imports, and which of them are chosen.
// Deliberately not here: conversations, see `talk`. The shell holds the truth; after a reload all of it is asked for again.
import {
  aim,
  asProblem,
  documents,
  imports,
  jobs,
  libraries,
  models,
  onImports,
  onLibraryChanged,
  recognisePages,
  renameWindow,
  review,
  sampleQuestions,
  startup,
  type AskMode,
  type Document,
  type ImportItem,
  type ImportJob,
  type ImportState,
  type Library,
  type Model,
  type Problem,
  type Reviewed,
  type SampleQuestion,
  type Startup,
} from '../backend';
import { ASK_MODES } from '../ask/question';
import { Encoders } from '../models/encoders.svelte';
import { t, type NamedProblem } from '../shared/i18n.svelte';
import { remembered } from '../shared/remembered.svelte';
import { choiceFrom, type ScopeChoice } from '../shared/scope';
import type { ReaderTarget } from '../shared/target';
import { Testing } from '../testing/testing.svelte';
import { Talk } from './talk.svelte';

const NO_IMPORTS: ImportState = {
  running: false,
  library: null,
  filesDone: 0,
  filesTotal: 0,
  waiting: 0,
  secondsLeft: null,
  active: [],
  failed: [],
  last: null,
  problem: null,
};
/** Documents are asked for again at most this often while they are imported. */
const REFRESH_MS = 400;
const NOTICE_MS = 5000;

export class Workspace {
  startup = $state.raw<Startup | null>(null);
  libraries = $state.raw<Library[]>([]);
  documents = $state.raw<Document[]>([]);
  models = $state.raw<Model[]>([]);
  samples = $state.raw<SampleQuestion[]>([]);
  imports = $state.raw<ImportState>(NO_IMPORTS);
  /** Quotations that no longer stand as they were shown. */
  reviewed = $state.raw<Reviewed[]>([]);
  /** Files that are not tried again by themselves. */
  setAside = $state.raw<ImportJob[]>([]);
  scope = $state.raw<ScopeChoice>({ kind: 'all' });
  /** Where the reader was, the last entry being where it is. */
  trail = $state.raw<ReaderTarget[]>([]);
  /** The page the reader is at. */
  page = $state<number | null>(null);
  notice = $state('');
  #recognised: { document: number; pages: number[] } = { document: 0, pages: [] };
  #details = $state<number | null>(null);
  /** What went wrong last. */
  problems = $state.raw<NamedProblem[]>([]);
  loaded = $state(false);
  readonly talk = new Talk(this);
  readonly testing = new Testing();
  readonly encoders = new Encoders();
  /** Whether "Test my library" stands in place of the conversation. */
  tests = $state(false);

  readonly #chosen = remembered('library', 0);
  readonly #mode = remembered<AskMode>('mode', 'answer');
  #refreshing = false;
  #notice: ReturnType<typeof setTimeout> | undefined;

  /** The library whose documents are shown and where dropped files go. */
  get library(): number | null {
    const chosen = this.libraries.find(({ id }) => id === this.#chosen.value);
    return (chosen ?? this.libraries[0])?.id ?? null;
  }

  get libraryName(): string {
    const name = this.libraries.find(({ id }) => id === this.library)?.name;
    return name ?? t('library.first_name');
  }

  get target(): ReaderTarget | null {
    return this.trail.at(-1) ?? null;
  }

  /** The document looked at closely. */
  get details(): Document | null {
    return this.documents.find(({ id }) => id === this.#details) ?? null;
  }

  /** The document the reader shows, as the shell last told of it. */
  get reading(): Document | undefined {
    return this.documents.find(({ id }) => id === this.target?.document.id);
  }

  get problem(): NamedProblem | null {
    return this.problems[0] ?? null;
  }

  set problem(value: Problem | null) {
    this.problems = value ? [value] : [];
  }

  /** The page the reader is at, and of which document. */
  get place(): { document: number; page: number } | null {
    const { target } = this;
    return target && { document: target.document.id, page: this.page ?? target.page };
  }

  get hasGenerator(): boolean {
    return this.models.some(({ kind, installed }) => kind === 'generator' && installed);
  }

  /** What is to be made of what is found. */
  get mode(): AskMode {
    const mode = this.#mode.value;
    return ASK_MODES.includes(mode) ? mode : 'answer';
  }

  set mode(value: AskMode) {
    this.#mode.value = value;
  }

  /** Sample questions whose document is here and read. */
  get answerable(): SampleQuestion[] {
    const read = this.documents.filter(({ status }) => status === 'ready');
    return this.samples.filter(({ document }) => read.some((d) => d.fileName === document));
  }

  get ready(): number {
    return this.documents.filter(({ status }) => status === 'ready').length;
  }

  /** Listens to the shell and loads everything; returns how to stop. */
  start(): () => void {
    const stops = [
      onImports((state) => this.#heard(state)),
      onLibraryChanged(() => this.refreshSoon()),
    ];
    void this.load();
    return () => stops.forEach((stop) => stop());
  }

  private async load() {
    this.startup = await startup();
    if (this.startup.problem) return;
    this.problems = this.startup.told;
    await Promise.all([
      this.refresh(),
      imports().then((state) => (this.imports = state)),
      sampleQuestions().then((questions) => (this.samples = questions)),
      this.refreshModels(),
      this.#review(),
    ]).catch((error: unknown) => (this.problem = asProblem(error)));
    this.loaded = true;
  }

  async refresh() {
    [this.libraries, this.documents] = await Promise.all([
      libraries(),
      documents(),
      this.talk.refresh(),
    ]);
    this.setAside = (await jobs()).filter(({ problem }) => problem !== null);
    await this.aim();
  }

  /** Files may hold other words once an import is over. */
  #heard(state: ImportState) {
    const isOver = this.imports.running && !state.running;
    this.imports = state;
    if (isOver) void this.attempt(() => this.#review());
  }

  async #review() {
    this.reviewed = await review();
  }

  async refreshModels() {
    this.models = await models();
  }

  modelTitle(id: string | null): string | null {
    return this.models.find((model) => model.id === id)?.title ?? id;
  }

  private refreshSoon() {
    if (this.#refreshing) return;
    this.#refreshing = true;
    setTimeout(() => {
      this.#refreshing = false;
      if (this.startup && !this.startup.problem) void this.attempt(() => this.refresh());
    }, REFRESH_MS);
  }

  private aim() {
    return aim(this.library, t('library.first_name'));
  }

  async choose(library: number) {
    this.#chosen.value = library;
    await this.aim();
  }

  /** Does something with the shell, then looks again; what goes wrong is shown. */
  async attempt(work: () => Promise<unknown>) {
    try {
      await work();
    } catch (error) {
      this.problem = asProblem(error);
    }
  }

  async change(work: () => Promise<unknown>) {
    await this.attempt(async () => {
      await work();
      await this.refresh();
    });
  }

  say(notice: string) {
    this.notice = notice;
    clearTimeout(this.#notice);
    this.#notice = setTimeout(() => (this.notice = ''), NOTICE_MS);
  }

  read(target: ReaderTarget) {
    this.trail = [...this.trail, target];
  }

  readDocument({ id, title, fileName }: Document, page = 1) {
    this.read({ document: { id, title, fileName, sha256: '' }, page, regions: [] });
  }

  /** Shows or, the second time, hides a document's details. */
  showDetails(document: number) {
    this.#details = this.#details === document ? null : document;
  }

  closeDetails() {
    this.#details = null;
  }

  /** Shows "Test my library", in place of details too. */
  showTests() {
    this.closeDetails();
    this.tests = true;
  }

  closeTests() {
    this.tests = false;
  }

  /** Shows the conversation again, whatever covers it. */
  uncover() {
    this.closeDetails();
    this.closeTests();
  }

  /** What the imports do with a document now. */
  itemOf(document: number | undefined): ImportItem | undefined {
    return this.imports.active.find((item) => item.document === document);
  }

  back() {
    if (this.trail.length > 1) this.trail = this.trail.slice(0, -1);
  }

  closeReader() {
    this.trail = [];
    this.page = null;
  }

  /** Has pages of a document read from their images. */
  recognise(document: number, pages: number[]) {
    this.#recognised = { document, pages };
    void this.attempt(() => recognisePages(document, pages, null));
  }

  /** Once more what was asked last of a document, which turned out to be locked. */
  recogniseWith(document: number, password: string) {
    const pages = this.#recognised.document === document ? this.#recognised.pages : [];
    void this.attempt(() => recognisePages(document, pages, password));
  }

  /** Why the last wish about a document was not done; it is as it was. */
  refusalOf(document: number): Problem | null {
    const found = this.imports.failed.findLast(
      (item) => item.stage === 'refused' && item.document === document,
    );
    return found?.problem ?? null;
  }

  /** Has questions asked of these documents alone. */
  askOf(ids: number[]) {
    this.scope = choiceFrom({ libraries: [], documents: ids }, this.documents);
    this.uncover();
  }

  /** The next or previous citation of the conversation. */
  stepCitation(step: 1 | -1) {
    const { citations } = this.talk.conversation;
    const at = citations.findIndex((c) => c.regions === this.target?.regions);
    const next = citations[at < 0 ? 0 : (at + step + citations.length) % citations.length];
    if (next) this.read({ document: next.document, page: next.page, regions: next.regions });
  }

  async nameWindow(title: string) {
    await this.attempt(() => renameWindow(title));
  }
}
