import { expect, test } from 'vitest';
import { wishWords } from './words.js';

const WISHES = { difficulty: 'beginner', energy_level: null, style: 'romantic', camera: 'stay' };

test('wishes are said in words, and what is usual goes unsaid', () => {
  expect(wishWords(WISHES)).toBe('Beginner · Romantic');
  expect(wishWords({ ...WISHES, camera: 'change' })).toBe('Beginner · Romantic · Changes often');
});
