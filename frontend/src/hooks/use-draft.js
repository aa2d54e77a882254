import { useCallback, useState } from 'react';

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

/**
 * Hold values that survive a reload and a sign-in, until they are used.
 *
 * Return `[values, change(part), forget]`.
 */
export function useDraft(name, initial) {
  const key = `draft:${name}`;
  const [values, setValues] = useState(() => ({ ...initial, ...read(key) }));
  const change = useCallback(
    (part) =>
      setValues((before) => {
        const next = { ...before, ...part };
        sessionStorage.setItem(key, JSON.stringify(next));
        return next;
      }),
    [key],
  );
  const forget = useCallback(() => sessionStorage.removeItem(key), [key]);
  return [values, change, forget];
}
