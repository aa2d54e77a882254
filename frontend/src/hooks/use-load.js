import { useCallback, useEffect, useState } from 'react';

/**
 * Load something and return `{data, error, isLoading, reload, setData}`.
 *
 * `load(signal)` must be stable (`useCallback`); a new one loads anew, keeping what is shown until
 * the answer is there. Answers that were overtaken are dropped.
 */
export function useLoad(load) {
  const [state, setState] = useState({ data: null, error: null, isLoading: true });
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    load(stop.signal).then(
      (data) => stop.signal.aborted || setState({ data, error: null, isLoading: false }),
      (error) =>
        stop.signal.aborted || setState((before) => ({ ...before, error, isLoading: false })),
    );
    return () => stop.abort();
  }, [load, turn]);

  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const setData = useCallback((data) => setState((before) => ({ ...before, data })), []);
  return { ...state, reload, setData };
}
