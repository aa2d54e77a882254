import { expect, test } from 'vitest';
import en from './strings.en.js';
import es from './strings.es.js';

const names = (message) =>
  [...new Set(JSON.stringify(message).match(/\{\w+\}/g) ?? [])].sort().join();

test('both languages say the same things', () => {
  expect(Object.keys(es)).toEqual(Object.keys(en));
});

test.each(Object.keys(en))('%s has the same blanks and forms', (key) => {
  expect(names(es[key])).toBe(names(en[key]));
  expect(typeof es[key]).toBe(typeof en[key]);
});
