// Documents, answers and a shell that answers from them, for tests of the window's logic.
import { emit } from '@tauri-apps/api/event';
import { clearMocks, mockIPC } from '@tauri-apps/api/mocks';
import type {
  Answer,
  AnswerUpdate,
  Bibliography,
  ChatSummary,
  Citation,
  Document,
  DocumentRef,
  Evidence,
  Hit,
  ImportState,
  PageSummary,
  Provenance,
} from '../src/backend';
import { paragraph, said } from './blocks';

export const lease: DocumentRef = {
  id: 1,
  title: '房屋租赁合同',
  fileName: '租赁合同.pdf',
  sha256: 'ab12',
};

export function documentOf(over: Partial<Document> = {}): Document {
  return {
    id: 1,
    sha256: lease.sha256,
    library: 1,
    title: lease.title,
    fileName: lease.fileName,
    folder: '/home',
    status: 'ready',
    bytes: 120_000,
    pages: 12,
    passages: 40,
    coverage: { text: 12, ocr: 0, mixed: 0, empty: 0, garbled: 0, failed: 0, needsOcr: 0 },
    problem: null,
    ...over,
  };
}

export function referenceOf(over: Partial<Bibliography> = {}): Bibliography {
  return {
    kind: 'document',
    title: lease.title,
    authors: [],
    date: '',
    container: '',
    volume: '',
    issue: '',
    pages: '',
    publisher: '',
    place: '',
    edition: '',
    number: '',
    doi: '',
    isbn: '',
    url: '',
    ...over,
  };
}

/** The X-ray of a document whose page 2 was recognised and whose page 3 was not. */
export const xray: PageSummary[] = [
  pageOf(1),
  pageOf(2, { status: 'ocr', confidence: 91 }),
  pageOf(3, {
    status: 'empty',
    characters: 0,
    warnings: [{ code: 'needs_ocr', message: 'an image' }],
  }),
];

export function pageOf(number: number, over: Partial<PageSummary> = {}): PageSummary {
  return {
    number,
    label: null,
    status: 'text',
    characters: 1200,
    confidence: null,
    warnings: [],
    ...over,
  };
}

export function hitOf(rank: number, text: string, page = rank, over: Partial<Hit> = {}): Hit {
  return {
    rank,
    passage: rank,
    document: lease,
    pages: [page],
    section: [],
    text,
    marks: [],
    regions: [{ page, boxes: [[0.1, 0.2, 0.9, 0.24]] }],
    scores: { cosine: 0.81, bm25: 12.3, coverage: 0.75, late: null },
    ...over,
  };
}

const hits = [
  hitOf(1, '租赁期限自二〇二四年三月一日起，至二〇二六年二月二十八日止，共计二十四个月。', 2),
  hitOf(2, '乙方应于每月五日前支付当月租金人民币陆仟伍佰元整。', 3),
];
export const evidence: Evidence[] = hits.map((hit) => ({ marker: hit.rank, hit }));

export const citations: Citation[] = evidence.map(({ marker, hit }) => ({
  marker,
  document: hit.document,
  page: hit.pages[0] ?? 1,
  quote: hit.text,
  regions: hit.regions,
  verified: true,
  doubtful: false,
  figure: null,
}));

export const answer: Answer = {
  question: '租期多长？每月租金多少？',
  text: '租期共二十四个月，自 2024 年 3 月 1 日起[1]。每月租金为 6500 元[2]。押金可以随时退还。',
  refusal: null,
  model: 'qwen2.5-coder-0.5b-instruct',
  citations,
  sentences: [
    {
      text: '租期共二十四个月，自 2024 年 3 月 1 日起。',
      markers: [1],
      support: 'supported',
      origin: 'model',
    },
    { text: '每月租金为 6500 元。', markers: [2], support: 'supported', origin: 'model' },
    { text: '押金可以随时退还。', markers: [], support: 'unsupported', origin: 'model' },
  ],
  blocks: [
    paragraph(
      said(0, '租期共二十四个月，自 2024 年 3 月 1 日起', 1, '。'),
      said(1, '每月租金为 6500 元', 2, '。'),
      said(2, '押金可以随时退还。'),
    ),
  ],
  reasoning: null,
  evidence,
  removedMarkers: [],
  cost: {
    retrieveMs: 12,
    firstTokenMs: 800,
    totalMs: 4100,
    promptTokens: 900,
    generatedTokens: 60,
  },
  chat: 7,
  interrupted: false,
  provenance: null,
};

export const provenance: Provenance = {
  version: '0.1.0',
  mode: 'answer',
  searched: ['每月租金多少？', '租期多长？每月租金多少？'],
  encoder: 'multilingual-e5-small',
  relevance: [0.83, 0.71],
  model: {
    id: 'qwen2.5-coder-0.5b-instruct',
    sha256: 'f'.repeat(64),
    quantization: 'q4_k_m',
    architecture: 'qwen2',
    device: 'processor',
  },
  messages: [
    ['system', 'Answer from the passages alone.'],
    ['user', '[1] 租赁期限…'],
  ],
  temperature: 0.7,
  seed: 42,
  draft: '租期共二十四个月[1]。 [9]',
  setApart: [],
};

export function chatOf(id: number, over: Partial<ChatSummary> = {}): ChatSummary {
  return {
    id,
    title: `对话 ${id}`,
    pinned: false,
    updated: '2026-11-20T08:30:00Z',
    turns: 2,
    ...over,
  };
}

export const idle: ImportState = {
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

export type Replies = Record<string, (args: Record<string, unknown>) => unknown>;

/** A shell with one library and one document; `replies` say otherwise by command. */
export function mockShell(replies: Replies = {}): { calls: string[] } {
  const calls: string[] = [];
  const shell: Replies = {
    startup: () => ({ problem: null, told: [], version: '0.1.0' }),
    libraries: () => [{ id: 1, name: '合同', documents: 1, ready: 1, pages: 12, passages: 40 }],
    documents: () => [documentOf()],
    chats: () => [],
    models: () => [],
    imports: () => idle,
    jobs: () => [],
    pages: () => xray,
    attachments: () => [],
    bibliography: () => referenceOf(),
    sample_questions: () => [],
    ...replies,
  };
  mockIPC(
    (command, args) => {
      calls.push(command);
      return shell[command]?.((args ?? {}) as Record<string, unknown>) ?? null;
    },
    { shouldMockEvents: true },
  );
  return { calls };
}

/** Sends the updates of an answer over the channel a call of `ask` brought. */
export function stream(args: Record<string, unknown>, updates: AnswerUpdate[]): null {
  const channel = args['updates'] as { onmessage: (update: AnswerUpdate) => void };
  for (const update of updates) channel.onmessage(update);
  return null;
}

export const emitFromShell = emit;
export { clearMocks };
