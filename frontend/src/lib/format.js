import { getLanguage } from './i18n.js';

/** Return seconds as `m:ss`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Return a date like "21 November 2026", or `Nov 21` with `short`. */
export function day(iso, { short = false } = {}) {
  const options = short ? { month: 'short', day: 'numeric' } : { dateStyle: 'long' };
  return new Intl.DateTimeFormat(getLanguage(), options).format(new Date(iso));
}

const STEPS = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 7],
  ['week', 5],
];

/** Return how long ago or ahead a time is, in words; older than five weeks, its date. */
export function ago(iso, now = Date.now()) {
  let amount = (new Date(iso).getTime() - now) / 1000;
  const words = new Intl.RelativeTimeFormat(getLanguage(), { numeric: 'auto' });
  for (const [unit, size] of STEPS) {
    if (Math.abs(amount) < size) return words.format(Math.round(amount), unit);
    amount /= size;
  }
  return day(iso);
}

/** Return a number with at most `digits` decimals, as the language writes it. */
export const number = (value, digits = 0) =>
  new Intl.NumberFormat(getLanguage(), { maximumFractionDigits: digits }).format(value);

/** Return bytes as megabytes with one decimal. */
export const megabytes = (bytes) => `${number(bytes / 1e6, 1)} MB`;

/** Return a name fit for a file: letters and digits of any script, words joined by `-`. */
export function fileName(title, extension) {
  const words = title.normalize('NFC').match(/[\p{L}\p{N}]+/gu) ?? ['bachata'];
  return `${words.join('-').slice(0, 80)}.${extension}`;
}
