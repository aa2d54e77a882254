import { useRef } from 'react';

const REST_MS = 60_000;

/** Return what renews expired links; a clip that is truly broken does not ask again and again. */
export function useRenewal(reload) {
  const last = useRef(-Infinity);
  return () => {
    if (performance.now() - last.current < REST_MS) return;
    last.current = performance.now();
    reload();
  };
}
