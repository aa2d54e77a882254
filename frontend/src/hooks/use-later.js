import { useEffect, useState } from 'react';

/** Return a value once it has rested for a while, as for searching while somebody types. */
export function useLater(value, ms = 250) {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return rested;
}
