/** Return the search that brings a person back to `location` after signing in. */
export function remember({ pathname, search = '' }) {
  return `?${new URLSearchParams({ next: pathname + search })}`;
}

/** Return where a person wanted to go; only places of this site count. */
export function wantedPlace(search, usual = '/generate') {
  const next = new URLSearchParams(search).get('next') ?? '';
  const place = new URL(next, window.location.origin);
  const isOurs = next.startsWith('/') && place.origin === window.location.origin;
  return isOurs ? place.pathname + place.search : usual;
}
