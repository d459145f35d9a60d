// Numbers, sizes, times and days, written as the window's language writes them.
import { language, localeTag, t } from './i18n.svelte';
import { rangesOf, rangeText } from './pages';

const KILOBYTE = 1024;
const MEGABYTE = 1024 * KILOBYTE;

export function count(value: number): string {
  return new Intl.NumberFormat(localeTag()).format(value);
}

export function bytes(value: number): string {
  if (value >= 1000 * MEGABYTE) return inUnit('gigabyte', value / (1024 * MEGABYTE), 1);
  if (value >= MEGABYTE) return inUnit('megabyte', value / MEGABYTE);
  return inUnit('kilobyte', Math.ceil(value / KILOBYTE));
}

function inUnit(unit: string, value: number, maximumFractionDigits = 0): string {
  const style = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits } as const;
  return new Intl.NumberFormat(localeTag(), style).format(value);
}

/** Seconds as people say them: whole seconds under a minute and a half, then minutes. */
export function seconds(value: number): string {
  const minutes = value >= 90;
  const format = new Intl.NumberFormat(localeTag(), {
    style: 'unit',
    unit: minutes ? 'minute' : 'second',
    unitDisplay: 'short',
    maximumFractionDigits: value < 10 ? 1 : 0,
  });
  return format.format(minutes ? Math.round(value / 60) : value);
}

/** Milliseconds as long as there are few of them. */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return seconds(milliseconds / 1000);
  const style = { style: 'unit', unit: 'millisecond', unitDisplay: 'short' } as const;
  return new Intl.NumberFormat(localeTag(), style).format(Math.round(milliseconds));
}

/** Names one after the other, as the language lists them. */
export function listed(names: readonly string[]): string {
  // As a unit, Chinese would part them by nothing.
  return new Intl.ListFormat(localeTag()).format(names);
}

/** A score or another small number, as exact as one can compare it. */
export function figure(value: number, digits = 3, least = 0): string {
  const style = { minimumFractionDigits: least, maximumFractionDigits: digits };
  return new Intl.NumberFormat(localeTag(), style).format(value);
}

export type DayGroup = 'today' | 'yesterday' | 'earlier';

/** Which heading a conversation stands under. */
export function dayGroup(date: Date, now = new Date()): DayGroup {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (date.getTime() >= midnight) return 'today';
  return date.getTime() >= midnight - 24 * 3600 * 1000 ? 'yesterday' : 'earlier';
}

/** Time of day for today, else the date. */
export function moment(date: Date, now = new Date()): string {
  const today = dayGroup(date, now) === 'today';
  // English counts hours to twelve and writes no nought before them.
  const hour = language() === 'en' ? 'numeric' : '2-digit';
  const style: Intl.DateTimeFormatOptions = today
    ? { hour, minute: '2-digit' }
    : { month: 'short', day: 'numeric' };
  return new Intl.DateTimeFormat(localeTag(), style).format(date);
}

/** Page numbers with runs drawn together: 3, 5–8. */
export function pageRuns(pages: readonly number[]): string {
  return t('common.page', { page: rangesOf(pages).map(rangeText).join(', ') });
}

/** Hundredths, as a confidence is given. */
export function percent(hundredths: number): string {
  return new Intl.NumberFormat(localeTag(), { style: 'percent' }).format(hundredths / 100);
}
