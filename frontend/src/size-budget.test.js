import { expect, test } from 'vitest';
import { initialFiles, initialKb, sizeBudget } from '../scripts/size-budget.js';

const noise = (bytes) =>
  Array.from({ length: bytes }, () => Math.random().toString(36)[2]).join('');
const aBundle = (bytes) => ({
  'main.js': { fileName: 'main.js', isEntry: true, imports: ['react.js'], code: '1' },
  'react.js': { fileName: 'react.js', imports: ['main.js'], code: noise(bytes) },
  'player.js': { fileName: 'player.js', imports: ['react.js'], code: noise(500_000) },
});

const context = {
  info() {},
  error: (message) => {
    throw new Error(message);
  },
};

test('what is loaded when needed is not counted', () => {
  expect(initialFiles(aBundle(10))).toEqual(['main.js', 'react.js']);
  expect(initialKb(aBundle(10))).toBeLessThan(1);
});

test('a first load over its budget fails the build', () => {
  const { generateBundle } = sizeBudget({ javascriptKb: 90, fontsKb: 60 });
  expect(() => generateBundle.call(context, {}, aBundle(1000))).not.toThrow();
  expect(() => generateBundle.call(context, {}, aBundle(400_000))).toThrow('over the size budget');
});
