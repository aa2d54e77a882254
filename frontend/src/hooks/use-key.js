import { useRef } from 'react';
import { newKey } from 'lib/api.js';

/**
 * Return `keyFor(body)`: one key for one body, so that trying again repeats and changing begins anew.
 *
 * Call `keyFor.done()` once an answer has come: the same wish made twice on purpose is two wishes.
 */
export function useKey() {
  const kept = useRef({ body: null, key: null });
  const keyFor = (body) => {
    const text = JSON.stringify(body);
    if (kept.current.body !== text) kept.current = { body: text, key: newKey() };
    return kept.current.key;
  };
  keyFor.done = () => {
    kept.current = { body: null, key: null };
  };
  return keyFor;
}
