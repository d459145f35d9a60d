// The only room that names Tauri: every command of the shell and every event it sends, typed.
// Deliberately not here: state, wording, layout.
import { Channel, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type {
  Backup,
  Compute,
  AnswerUpdate,
  AskRequest,
  Bibliography,
  CarriedIn,
  CarriedOut,
  Chat,
  ChatSummary,
  Comparison,
  Document,
  DropHover,
  Encoder,
  ExportFormat,
  HighlightedCopies,
  ImportJob,
  ImportState,
  Ledger,
  Library,
  Model,
  OwnQuestion,
  OwnRun,
  PageSummary,
  PageText,
  Problem,
  PullProgress,
  Receipt,
  Region,
  Reviewed,
  RunConfig,
  RunProgress,
  SampleQuestion,
  Scope,
  SearchMode,
  SearchResult,
  Startup,
  WatchedFolder,
} from './bindings';

export type * from './bindings';
export { pdfRange, pdfLength } from './pdf';

/** Waits until the libraries are open. */
export const startup = () => invoke<Startup>('startup');
export const renameWindow = (title: string) => invoke<null>('rename_window', { title });

export const libraries = () => invoke<Library[]>('libraries');
export const createLibrary = (name: string) => invoke<number>('create_library', { name });
export const renameLibrary = (library: number, name: string) =>
  invoke<null>('rename_library', { library, name });
export const libraryWords = (library: number) => invoke<string>('library_words', { library });
export const setLibraryWords = (library: number, words: string) =>
  invoke<null>('set_library_words', { library, words });
export const watchedFolders = (library: number) =>
  invoke<WatchedFolder[]>('watched_folders', { library });
/** Asks for a folder in a dialog; whether one was chosen. */
export const watchFolder = (library: number) => invoke<boolean>('watch_folder', { library });
export const unwatchFolder = (watch: number) => invoke<null>('unwatch_folder', { watch });
/** Asks where to and writes the library there; null when the person thought better of it. */
export const exportLibrary = (library: number, originals: boolean) =>
  invoke<CarriedOut | null>('export_library', { library, originals });
/** Asks for such a file and makes a library of it; null when the person thought better of it. */
export const importLibrary = () => invoke<CarriedIn | null>('import_library');
/** Quotations that no longer stand as they were shown. */
export const review = () => invoke<Reviewed[]>('review');
export const ledger = () => invoke<Ledger>('ledger');
export const setAirGapped = (airGapped: boolean) => invoke<Ledger>('set_air_gapped', { airGapped });
export const removeLibrary = (library: number) => invoke<Receipt>('remove_library', { library });

export const documents = () => invoke<Document[]>('documents');
export const pages = (document: number) => invoke<PageSummary[]>('pages', { document });
/** The text of pages of a version of a document, as far as it is kept, with what the regions cover
 * marked; of what is there now where no hash is given. */
export const pageTexts = (document: number, sha256: string, pages: number[], regions: Region[]) =>
  invoke<PageText[]>('page_texts', { document, sha256, pages, regions });
/** Names of the files inside a document's file. */
export const attachments = (document: number) => invoke<string[]>('attachments', { document });
/** How a document stands in lists of references. */
/** A part of a page as a PNG. */
export const figure = (document: number, page: number, area: [number, number, number, number]) =>
  invoke<ArrayBuffer>('figure', { document, page, area });
export const bibliography = (document: number) =>
  invoke<Bibliography>('bibliography', { document });
export const setBibliography = (document: number, bibliography: Bibliography) =>
  invoke<null>('set_bibliography', { document, bibliography });
export const removeDocuments = (ids: number[]) =>
  invoke<Receipt>('remove_documents', { documents: ids });
export const revealDocument = (document: number) => invoke<null>('reveal_document', { document });

export const imports = () => invoke<ImportState>('imports');
/** Says where dropped and picked files go; `name` is for a first library. */
export const aim = (library: number | null, name: string) => invoke<null>('aim', { library, name });
export const pickFiles = () => invoke<number | null>('pick_files');
export const pickFolder = () => invoke<number | null>('pick_folder');
export const retry = (document: number, password: string | null) =>
  invoke<null>('retry', { document, password });
/** Reads pages once more, from their images. */
export const recognisePages = (document: number, pages: number[], password: string | null) =>
  invoke<null>('recognise_pages', { document, pages, password });
export const cancelDocument = (document: number) => invoke<null>('cancel_document', { document });
export const cancelImports = () => invoke<null>('cancel_imports');
/** Whether imports rest as long as they compute, on a battery say. */
export const importGently = (gentle: boolean) => invoke<null>('import_gently', { gentle });
/** Files that wait to be imported, and those that were set aside. */
export const jobs = () => invoke<ImportJob[]>('jobs');
export const dropJobs = (ids: number[]) => invoke<null>('drop_jobs', { jobs: ids });
export const importSamples = (name: string) => invoke<number>('import_samples', { name });
export const sampleQuestions = () => invoke<SampleQuestion[]>('sample_questions');

/** Asks; resolves once the last update was heard. A long one is fetched by itself and comes after
 * what the command returns. */
export async function ask(
  request: AskRequest,
  onUpdate: (update: AnswerUpdate) => void,
): Promise<void> {
  const updates = new Channel<AnswerUpdate>();
  const last = new Promise<void>((heard) => {
    updates.onmessage = (update) => {
      onUpdate(update);
      if (update.type === 'done' || update.type === 'failed') heard();
    };
  });
  await invoke<null>('ask', { request, updates });
  await last;
}
export const stop = () => invoke<null>('stop');
/** Passages for some words: by the words alone, which takes no model, or by their meaning too. */
export const search = (text: string, scope: Scope, limit: number, mode: SearchMode) =>
  invoke<SearchResult>('search', { text, scope, limit, mode });

export const chats = () => invoke<ChatSummary[]>('chats');
export const chat = (id: number) => invoke<Chat>('chat', { chat: id });
/** Conversations in which every one of some words stands. */
export const findChats = (words: string) => invoke<ChatSummary[]>('find_chats', { words });
export const renameChat = (chat: number, title: string) =>
  invoke<null>('rename_chat', { chat, title });
export const pinChat = (chat: number, pinned: boolean) =>
  invoke<null>('pin_chat', { chat, pinned });
/** A new conversation with the first turns of another; its id. */
export const branchChat = (chat: number, turns: number, question: string) =>
  invoke<number>('branch_chat', { chat, turns, question });
export const removeTurn = (chat: number, ordinal: number) =>
  invoke<null>('remove_turn', { chat, ordinal });
/** How readily questions are refused: -1 to 1. */
export const strictness = () => invoke<number>('strictness');
export const setStrictness = (strictness: number) => invoke<null>('set_strictness', { strictness });
/** For how many seconds the first word of an answer is waited for. */
export const patience = () => invoke<number>('patience');
export const setPatience = (seconds: number) => invoke<null>('set_patience', { seconds });
export const removeChat = (id: number) => invoke<null>('remove_chat', { chat: id });
/** Asks where to in a dialog; the name of the file, or null when the person thought better of it.
 * Of one answer alone where its number (from 0) is given; `pictures` adds the pages that are cited,
 * where the format can hold them. */
export const exportChat = (
  id: number,
  format: ExportFormat,
  title: string,
  turn: number | null,
  pictures: boolean,
) => invoke<string | null>('export_chat', { chat: id, turn, format, title, pictures });

/** Copies of the documents that are cited, with the cited words highlighted; null when the person
 * thought better of it. */
export const exportHighlighted = (chat: number, turn: number | null) =>
  invoke<HighlightedCopies | null>('export_highlighted', { chat, turn });

/** Copies of the database, the newest first; also where it could not be opened. */
export const backups = () => invoke<Backup[]>('backups');
export const makeBackup = () => invoke<Backup>('make_backup');
/** Starts the program again with a copy in the database's place. */
export const restoreBackup = (number: number) => invoke<null>('restore_backup', { number });

export const compute = () => invoke<Compute>('compute');
export const models = () => invoke<Model[]>('models');
export function pullModel(
  model: string,
  onProgress: (progress: PullProgress) => void,
): Promise<null> {
  const updates = new Channel<PullProgress>();
  updates.onmessage = onProgress;
  return invoke<null>('pull_model', { model, updates });
}
export const stopPull = () => invoke<null>('stop_pull');

/** Encoders that vectors are kept of, the one in use first. */
export const encoders = () => invoke<Encoder[]>('encoders');
/** Searches by another encoder once its vectors are made. */
export function useEncoder(
  encoder: string,
  onProgress: (progress: RunProgress) => void,
): Promise<null> {
  const updates = new Channel<RunProgress>();
  updates.onmessage = onProgress;
  return invoke<null>('use_encoder', { encoder, updates });
}
/** Forgets the vectors of an encoder that is not in use. */
export const dropEncoder = (encoder: string) => invoke<null>('drop_encoder', { encoder });

export const ownQuestions = () => invoke<OwnQuestion[]>('own_questions');
/** Keeps a question with the pages that answer it, counted from 1; gives its id. */
export const addOwnQuestion = (question: string, document: number, first: number, last: number) =>
  invoke<number>('add_own_question', { question, document, first, last });
export const removeOwnQuestion = (question: number) =>
  invoke<null>('remove_own_question', { question });
/** Asks every own question; vectors that are missing are made first. */
export function runOwnQuestions(
  config: RunConfig,
  onProgress: (progress: RunProgress) => void,
): Promise<OwnRun> {
  const updates = new Channel<RunProgress>();
  updates.onmessage = onProgress;
  return invoke<OwnRun>('run_own_questions', { config, updates });
}
/** Stops a test or the making of vectors; what was made is kept. */
export const stopTest = () => invoke<null>('stop_test');
/** Runs that were kept, the latest first. */
export const ownRuns = () => invoke<OwnRun[]>('own_runs');
export const removeOwnRun = (run: number) => invoke<null>('remove_own_run', { run });
/** By how much the second run is better than the first. */
export const compareOwnRuns = (first: number, second: number) =>
  invoke<Comparison>('compare_own_runs', { first, second });

/** Calls back whenever the shell says something; returns how to stop listening. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- names the payload
function on<T>(event: string, heard: (payload: T) => void): () => void {
  const listening = listen<T>(event, ({ payload }) => heard(payload));
  return () => void listening.then((stopListening) => stopListening());
}
export const onImports = (heard: (state: ImportState) => void) => on('imports', heard);
export const onLibraryChanged = (heard: () => void) => on<null>('library-changed', heard);
export const onDropHover = (heard: (hover: DropHover) => void) => on('drop-hover', heard);

/** What a command was refused with, whatever was thrown. */
export function asProblem(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    return error as Problem;
  }
  return { code: 'internal', message: String(error), hint: null };
}
