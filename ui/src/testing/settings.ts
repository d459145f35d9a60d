// The settings a test is run under, and how they are named.
import type { Model, RunConfig } from '../backend';
import { t } from '../shared/i18n.svelte';

export const MODES = ['hybrid', 'dense', 'lexical'] as const;

export interface Settings {
  /** Null: the encoder in use. */
  encoder: string | null;
  mode: RunConfig['mode'];
  rerank: boolean;
}

export const usualSettings = (): Settings => ({ encoder: null, mode: 'hybrid', rerank: true });

/** Encoders on this machine. */
export function installedEncoders(models: readonly Model[]): Model[] {
  return models.filter(({ kind, installed }) => kind === 'encoder' && installed);
}

/** Tokens are compared only where both arms looked. */
export function canRerank({ mode }: Settings): boolean {
  return mode === 'hybrid';
}

/** What the shell is asked for: words alone need no vectors, so those in use do. */
export function configOf(settings: Settings): RunConfig {
  const { encoder, mode, rerank } = settings;
  return {
    encoder: mode === 'lexical' ? null : encoder,
    mode,
    rerank: rerank && canRerank(settings),
  };
}

export function titleOfModel(models: readonly Model[], id: string): string {
  return models.find((model) => model.id === id)?.title ?? id;
}

/** A run's settings in a line. */
export function configText({ encoder, mode, rerank }: RunConfig, models: readonly Model[]): string {
  const title = encoder === null || mode === 'lexical' ? '' : titleOfModel(models, encoder);
  const tokens = mode === 'hybrid' ? t(rerank ? 'testing.reranked' : 'testing.not_reranked') : '';
  return [title, t(`testing.mode_${mode}`), tokens].filter(Boolean).join(' · ');
}
