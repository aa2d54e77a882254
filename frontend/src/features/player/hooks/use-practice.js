import { useCallback, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { readAddress, writeAddress } from '../logic/practice-address.js';
import { recall, remember } from '../logic/practice-memory.js';
import { openingState } from '../logic/practice-state.js';

/** Safari refuses more than a hundred changes of the address in half a minute. */
const ADDRESS_PAUSE_MS = 350;

/**
 * Hold what the dancer has set up, kept in memory for the song and in the page's address.
 *
 * `change(patch)` merges a patch, or what a function makes of the present state.
 */
export function usePractice({ storageKey, beatsTotal }) {
  const [params, setParams] = useSearchParams();
  const [practice, setPractice] = useState(() =>
    openingState({
      remembered: recall(window.localStorage, storageKey),
      address: readAddress(params, beatsTotal),
      beatsTotal,
    }),
  );

  const change = useCallback((patch) => {
    setPractice((now) => ({ ...now, ...(typeof patch === 'function' ? patch(now) : patch) }));
  }, []);

  useEffect(() => remember(window.localStorage, storageKey, practice), [storageKey, practice]);

  const { loop, loopOn, speedPercent } = practice;
  useEffect(() => {
    const shared = { loop: loopOn ? loop : null, speedPercent };
    if (writeAddress(params, shared).toString() === params.toString()) return undefined;
    const write = () =>
      setParams((now) => writeAddress(now, shared), { replace: true, preventScrollReset: true });
    const timer = setTimeout(write, ADDRESS_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [loop, loopOn, speedPercent, params, setParams]);

  return { practice, change };
}
