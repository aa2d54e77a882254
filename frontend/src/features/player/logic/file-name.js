/** Name a downloaded video so that a person finds it again. */

/** Control characters, direction marks, and what file systems refuse. */
// eslint-disable-next-line no-control-regex
const UNFIT = /[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]+/g;
const LONGEST = 120;

/** Return a file name like `Noche de Papel.mp4`, whatever the title holds. */
export function videoFileName(title) {
  const bare = String(title ?? '').replace(/\.mp4$/i, '').replace(UNFIT, ' ');
  const clean = bare.replace(/\s+/g, ' ').replace(/^[\s.]+|[\s.]+$/g, '');
  const short = [...clean].slice(0, LONGEST).join('').trim();
  return `${short || 'Bachata Buddy'}.mp4`;
}
