import { useSyncExternalStore } from 'react';
import en from 'messages/en.js';

/** The languages, each with its own name. */
export const LANGUAGES = { en: 'English', es: 'Español' };

const dictionaries = { en: { ...en }, es: {} };
const loaders = { en: async () => {}, es: loadSpanish };
const listeners = new Set();
let current = 'en';

async function loadSpanish() {
  const { default: es } = await import('messages/es.js');
  Object.assign(dictionaries.es, es);
}

/** Add a feature's own messages, given by language; for what is loaded when needed. */
export function addMessages(byLanguage) {
  for (const [language, messages] of Object.entries(byLanguage)) {
    Object.assign(dictionaries[language], messages);
  }
}

/** Return the language now in use, `en` or `es`. */
export const getLanguage = () => current;

/** Return the language a person most likely wants: chosen before, else the browser's. */
export function preferredLanguage() {
  const chosen = localStorage.getItem('language');
  const wanted = [chosen, ...(navigator.languages ?? [])].filter(Boolean);
  const known = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).filter((tag) => LANGUAGES[tag]);
  return known[0] ?? 'en';
}

/** Whether a language was chosen on this device. */
export const hasChosenLanguage = () => Boolean(localStorage.getItem('language'));

/** Switch to a language once its messages are here; `remember` keeps it for the next visit. */
export async function setLanguage(language, { remember = false } = {}) {
  if (!LANGUAGES[language]) return;
  await loaders[language]();
  current = language;
  document.documentElement.lang = language;
  if (remember) localStorage.setItem('language', language);
  listeners.forEach((listener) => listener());
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Return the language in use, and render again when it changes. */
export const useLanguage = () => useSyncExternalStore(subscribe, getLanguage);

function pick(message, values) {
  if (typeof message === 'string') return message;
  const form = new Intl.PluralRules(current).select(values.count);
  return message[form] ?? message.other;
}

/** Return the message of a key, its `{names}` filled in; `count` chooses singular or plural. */
export function t(key, values = {}) {
  const message = dictionaries[current][key] ?? dictionaries.en[key];
  if (message === undefined) return key;
  return pick(message, values).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
