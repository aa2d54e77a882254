import { useEffect } from 'react';

/** Keep the screen awake while `awake`; the browser lets go whenever the page is hidden. */
export function useWakeLock(awake) {
  useEffect(() => {
    if (!awake || !navigator.wakeLock) return undefined;
    let lock = null;
    let over = false;
    async function take() {
      if (document.visibilityState !== 'visible') return;
      try {
        const taken = await navigator.wakeLock.request('screen');
        if (over) taken.release();
        else lock = taken;
      } catch {
        lock = null; // A low battery may refuse.
      }
    }
    take();
    document.addEventListener('visibilitychange', take);
    return () => {
      over = true;
      document.removeEventListener('visibilitychange', take);
      lock?.release();
    };
  }, [awake]);
}
