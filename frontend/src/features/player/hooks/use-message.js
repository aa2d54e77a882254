import { useCallback, useEffect, useState } from 'react';

const SHOWN_MS = 1400;

/** Return `{message, say}`: a few words about what the dancer just did, seen and read aloud. */
export function useMessage() {
  const [message, setMessage] = useState({ text: '', shown: false });
  const say = useCallback((text) => setMessage({ text, shown: true }), []);
  useEffect(() => {
    if (!message.shown) return undefined;
    const timer = setTimeout(() => setMessage((now) => ({ ...now, shown: false })), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return { message, say };
}
