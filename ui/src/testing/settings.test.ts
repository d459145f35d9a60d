import { afterAll, beforeAll, expect, test } from 'vitest';
import { modelOf } from '../../test/own';
import { languageChoice } from '../shared/i18n.svelte';
import { configOf, configText, installedEncoders, usualSettings } from './settings';

beforeAll(() => {
  languageChoice.value = 'en';
});
afterAll(() => {
  languageChoice.value = 'system';
});

const small = modelOf('multilingual-e5-small');

test('encoders that are here can be tested', () => {
  const absent = modelOf('m3e-base', { installed: false });
  const generator = modelOf('qwen3-4b', { kind: 'generator' });
  expect(installedEncoders([small, absent, generator])).toEqual([small]);
});

test('the shell is asked only for what has an effect', () => {
  const settings = { ...usualSettings(), encoder: 'm3e-base' };
  expect(configOf(settings)).toEqual({ encoder: 'm3e-base', mode: 'hybrid', rerank: true });
  expect(configOf({ ...settings, mode: 'dense' }).rerank).toBe(false);
  expect(configOf({ ...settings, mode: 'lexical' }).encoder).toBeNull();
});

test('a run is named by what mattered', () => {
  const text = (mode: 'hybrid' | 'dense' | 'lexical', rerank = true) =>
    configText({ encoder: small.id, mode, rerank }, [small]);
  expect(text('hybrid')).toBe('multilingual-e5-small · Words and meaning · tokens compared');
  expect(text('hybrid', false)).toBe(
    'multilingual-e5-small · Words and meaning · tokens not compared',
  );
  expect(text('dense')).toBe('multilingual-e5-small · Meaning');
  expect(text('lexical')).toBe('Words');
});
