import { describe, expect, test } from 'vitest';

// A feature may have messages of its own: messages/{en,es}.js in its folder.
const files = import.meta.glob(['./*.js', '../features/**/messages/*.js', '!**/*.test.js'], {
  eager: true,
  import: 'default',
});
const folders = [...new Set(Object.keys(files).map((path) => path.replace(/[^/]+$/, '')))];

const names = (message) =>
  [...(message.other ?? message).matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe.each(folders)('the messages of %s', (folder) => {
  const en = files[`${folder}en.js`];
  const es = files[`${folder}es.js`];

  test('have the same keys in English and Spanish', () => {
    expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  });

  test.each(Object.keys(en))('%s names the same values in both', (key) => {
    expect(names(es[key])).toEqual(names(en[key]));
    expect(typeof es[key]).toBe(typeof en[key]);
  });
});
