import { expect, test } from 'vitest';
import { MOST_BYTES } from '../api.js';
import { checkUpload, guessTitle } from './UploadSong.jsx';

const aFile = (size) => ({ name: 'noche.mp3', size });

test('30 MB go, a byte more does not', () => {
  expect(checkUpload({ file: aFile(MOST_BYTES), title: 'Noche' })).toEqual({});
  expect(checkUpload({ file: aFile(MOST_BYTES + 1), title: 'Noche' }).file).toMatch('30 MB');
});

test('a file and a title are needed', () => {
  expect(Object.keys(checkUpload({ file: null, title: ' ' }))).toEqual(['file', 'title']);
  expect(checkUpload({ file: aFile(0), title: 'Noche' }).file).toMatch('empty');
});

test.each([
  ['02 - la_noche.mp3', 'la noche'],
  ['Obsesión.flac', 'Obsesión'],
  ['no extension', 'no extension'],
  ['💃.mp3', '💃'],
])('a title is guessed from %s', (name, title) => {
  expect(guessTitle(name)).toBe(title);
});
