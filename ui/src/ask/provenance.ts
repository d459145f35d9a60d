// How an answer came about, as lines of a list. Deliberately not here: what was read and written in
// full, which is too long for a line.
import type { Answer, Citation, Hit, Model, Scores } from '../backend';
import { count, duration, figure, percent } from '../shared/format';
import { t, type MessageKey } from '../shared/i18n.svelte';

export interface Fact {
  label: MessageKey;
  value: string;
}

export function facts(answer: Answer, models: readonly Model[]): Fact[] {
  const { cost, provenance } = answer;
  const title = (id: string) => models.find((model) => model.id === id)?.title ?? id;
  const sampled = provenance?.temperature ?? null;
  const all: [MessageKey, string | null | undefined][] = [
    ['how.mode', provenance && t(`ask.mode_${provenance.mode}`)],
    ['how.encoder', provenance && title(provenance.encoder)],
    ['how.model', modelOf(answer, title)],
    ['how.architecture', provenance?.model?.architecture],
    ['how.device', deviceOf(provenance?.model?.device)],
    ['how.temperature', sampled === null ? null : figure(sampled)],
    // At temperature 0 nothing is drawn.
    ['how.seed', sampled ? provenance?.seed?.toString() : null],
    ['how.time', timeOf(answer)],
    ['how.tokens', cost.promptTokens > 0 ? tokensOf(answer) : null],
    ['how.version', provenance?.version],
  ];
  return all.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

/** The numbers under which an answer quotes a passage: not the passage's own, for two sentences of
 * it are two citations. */
export function citedAs({ document, text }: Hit, citations: readonly Citation[]): number[] {
  const words = unbroken(text);
  return citations
    .filter((citation) => citation.document.id === document.id)
    .filter(({ quote }) => words.includes(unbroken(quote)))
    .map(({ marker }) => marker);
}

/** Whatever its lines were broken by. */
function unbroken(text: string): string {
  return text.replace(/[\s\u00ad\u2010-]+/g, '');
}

/** What a passage was found by; what was not measured is not told. */
export function scoresOf({ cosine, bm25, coverage, late }: Scores): Fact[] {
  const similarity = late ?? cosine;
  const all: [MessageKey, string | null][] = [
    ['how.similarity', similarity === null ? null : score(similarity)],
    ['how.coverage', coverage === null ? null : percent(coverage * 100)],
    ['how.bm25', bm25 === null ? null : score(bm25)],
  ];
  return all.flatMap(([label, value]) => (value === null ? [] : [{ label, value }]));
}

function score(value: number): string {
  return figure(value, 2, 2);
}

function modelOf({ model, refusal, provenance }: Answer, title: (id: string) => string) {
  const id = provenance?.model?.id ?? model;
  if (id === null) return refusal ? null : t('how.no_model');
  const quantization = provenance?.model?.quantization;
  return [title(id), quantization].filter(Boolean).join(' · ');
}

function deviceOf(device: string | undefined) {
  return device === 'processor' ? t('settings.processor') : device;
}

function timeOf({ cost: { retrieveMs, firstTokenMs, totalMs } }: Answer): string {
  const times = [
    // Tables and summaries do not tell it.
    retrieveMs < 1 ? '' : t('how.found_in', { time: duration(retrieveMs) }),
    firstTokenMs === null ? '' : t('how.begun_after', { time: duration(firstTokenMs) }),
    t('how.done_after', { time: duration(totalMs) }),
  ];
  return times.filter(Boolean).join(' · ');
}

function tokensOf({ cost }: Answer): string {
  const { promptTokens, generatedTokens, firstTokenMs, totalMs } = cost;
  const wrote = (totalMs - (firstTokenMs ?? totalMs)) / 1000;
  const pace = wrote > 0 ? t('how.pace', { pace: figure(generatedTokens / wrote, 1) }) : '';
  const values = { prompt: count(promptTokens), generated: count(generatedTokens) };
  return [t('how.tokens_of', values), pace].filter(Boolean).join(' · ');
}
