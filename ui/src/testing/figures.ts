// What was measured, as people read it: shares as percentages, differences as points, and whether a
// difference can be told from chance.
import type { Interval } from '../backend';
import { percent } from '../shared/format';
import { localeTag, t } from '../shared/i18n.svelte';

export const METRICS = ['recall1', 'recall5', 'recall10', 'mrr10'] as const;
export type Metric = (typeof METRICS)[number];

/** Whether the second run is better; `few`: too few questions came out differently to say so. */
export type Verdict = 'better' | 'worse' | 'same' | 'few' | 'untold';

/** With fewer changed questions even all of them going one way is chance in more than 5 of 100 cases
 * (two-sided sign test: 2 · .5⁵ = .0625). The interval alone is too sure of small samples. */
const LEAST_CHANGED = 6;

export function figure(metric: Metric, value: number): string {
  return metric === 'mrr10' ? decimal(value) : percent(Math.round(value * 100));
}

/** Where the figure lies: 52 % to 90 %. */
export function span(metric: Metric, { low, high }: Interval): string {
  return t('testing.span', { low: figure(metric, low), high: figure(metric, high) });
}

/** A difference with its sign: +12 points. */
export function difference(metric: Metric, value: number): string {
  if (metric === 'mrr10') return signed(value, 2);
  return t('testing.points', { value: signed(value * 100, 0) });
}

export function differenceSpan(metric: Metric, { low, high }: Interval): string {
  const [scale, digits] = metric === 'mrr10' ? [1, 2] : [100, 0];
  return t('testing.span', {
    low: signed(low * scale, digits),
    high: signed(high * scale, digits),
  });
}

export function verdictOf({ low, high }: Interval, changed: number): Verdict {
  if (changed === 0) return 'same';
  if (low <= 0 && high >= 0) return 'untold';
  if (changed < LEAST_CHANGED) return 'few';
  return low > 0 ? 'better' : 'worse';
}

export function verdictText(verdict: Verdict, questions: number, changed: number): string {
  switch (verdict) {
    case 'better':
    case 'worse':
      return t(`testing.${verdict}`);
    case 'same':
    case 'untold':
      return t(`testing.${verdict}`, { count: questions });
    case 'few':
      return t('testing.few', { count: changed });
  }
}

/** Day and time of a run. */
export function when(created: string): string {
  const format = new Intl.DateTimeFormat(localeTag(), { dateStyle: 'medium', timeStyle: 'short' });
  return format.format(new Date(created));
}

function decimal(value: number): string {
  return new Intl.NumberFormat(localeTag(), {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  }).format(value);
}

function signed(value: number, digits: number): string {
  const format = new Intl.NumberFormat(localeTag(), {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'exceptZero',
  });
  return format.format(value).replace('-', '−');
}
