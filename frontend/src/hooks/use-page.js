import { useEffect, useRef } from 'react';
import { useLocation, useNavigationType } from 'react-router-dom';

/** Name the page in the browser's tab and history. */
export function useTitle(title) {
  useEffect(() => {
    document.title = title ? `${title} · Bachata Buddy` : 'Bachata Buddy';
  }, [title]);
}

/**
 * Bring whoever follows a link to the top of the new page, for eyes and for screen readers.
 *
 * Return the ref of the main element. Going back keeps the browser's place; a change of only the
 * search or the hash is no new page.
 */
export function useArrival() {
  const main = useRef(null);
  const { pathname } = useLocation();
  const how = useNavigationType();
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    if (how !== 'POP') window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname, how]);
  return main;
}
