import { number } from './format.js';
import { getLanguage, t } from './i18n.js';

const known = new Set(['offline', 'slow', 'unreadable_answer']);

/**
 * Return what to tell a person about an error of the API, in their language.
 *
 * The API's own sentence is English; in another language ours is taken, by code and then by status.
 */
export function sentenceOf(error) {
  const { status, code, sentence, retryAfterS } = error;
  if (known.has(code)) return t(`error.${code}`);
  if (status === 429) return t('error.429', { seconds: number(retryAfterS ?? 60) });
  if (sentence && (getLanguage() === 'en' || status === 422)) return sentence;
  const key = [code, status].map((word) => `error.${word}`).find((word) => t(word) !== word);
  return key ? t(key) : sentence || t('error.other');
}
