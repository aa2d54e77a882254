import { expect, test } from 'vitest';
import { remember, wantedPlace } from './wanted-place.js';

test('the wanted place comes back, with its search', () => {
  expect(wantedPlace(remember({ pathname: '/collections/1', search: '?speed=0.8' }))).toBe(
    '/collections/1?speed=0.8',
  );
});

test.each([
  '//evil.example',
  'https://evil.example/',
  '/\\evil.example',
  'javascript:alert(1)',
  '',
])('a foreign place counts for nothing: %s', (next) => {
  expect(wantedPlace(`?${new URLSearchParams({ next })}`)).toBe('/generate');
});
