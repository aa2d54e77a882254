import { expect, test } from 'vitest';
import { videoFileName } from './file-name.js';

test.each([
  ['Noche de Papel', 'Noche de Papel.mp4'],
  ['Noche.mp4', 'Noche.mp4'],
  ['../../etc/passwd', 'etc passwd.mp4'],
  ['AC/DC: "Live"?', 'AC DC Live.mp4'],
  ['  💃  ¡Olé!  ', '💃 ¡Olé!.mp4'],
  ['\u202etxt.exe', 'txt.exe.mp4'],
  ['', 'Bachata Buddy.mp4'],
  [null, 'Bachata Buddy.mp4'],
  ['💃'.repeat(300), `${'💃'.repeat(120)}.mp4`],
])('%j', (title, name) => expect(videoFileName(title)).toBe(name));
