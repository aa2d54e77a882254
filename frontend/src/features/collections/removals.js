import { useSyncExternalStore } from 'react';
import { say } from 'components/Toast.jsx';
import { t } from 'lib/i18n.js';
import { sentenceOf } from 'lib/sentences.js';
import { removeSaved } from './api.js';

/** Items that are out of sight, and can still be brought back. */
let waiting = new Map();
const listeners = new Set();

function change(next) {
  waiting = next;
  listeners.forEach((listener) => listener());
}

function bringBack(id) {
  const next = new Map(waiting);
  next.delete(id);
  change(next);
}

const isGoneAlready = (error) => error.status === 404;

async function removeNow(id, options) {
  if (!waiting.has(id) || waiting.get(id).isSent) return;
  waiting.get(id).isSent = true;
  try {
    await removeSaved(id, options);
    waiting.get(id)?.onGone?.();
  } catch (error) {
    if (isGoneAlready(error)) return;
    bringBack(id);
    say(sentenceOf(error), { kind: 'error' });
  }
}

/** Remove an item in a few seconds; until then one tap brings it back. */
export function removeLater({ id, title }, { onGone } = {}) {
  change(new Map(waiting).set(id, { isSent: false, onGone }));
  say(t('saved.removed', { title }), {
    action: { label: t('common.undo'), onClick: () => bringBack(id) },
    onGone: () => removeNow(id),
  });
}

// Whoever closes the page meant it.
window.addEventListener('pagehide', () => {
  [...waiting.keys()].forEach((id) => removeNow(id, { keepalive: true }));
});

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Return a function that tells whether an item is being removed. */
export function useRemovals() {
  const now = useSyncExternalStore(subscribe, () => waiting);
  return (id) => now.has(id);
}
