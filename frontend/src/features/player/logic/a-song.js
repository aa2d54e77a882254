/** Makers for tests. */

/**
 * Return a timeline of version 1: 34 beats, half a second apart, the first one on beat 2,
 * three moves of one, two and one eights.
 */
export function aSong(changes = {}) {
  const beats = Array.from({ length: 34 }, (_, beat) => 0.25 + beat * 0.5);
  return {
    version: 1,
    song: { title: 'Click', duration_s: 17.5, tempo_bpm: 120 },
    beats_s: beats,
    first_one: 2,
    sections: [
      { start_s: 0, end_s: beats[10], label: 'A', energy: 'low' },
      { start_s: beats[10], end_s: 17.5, label: 'B', energy: 'high' },
    ],
    moves: [
      aMove(0, 0, beats[10], 1, 'Intro'),
      aMove(1, beats[10], beats[26], 2, 'Side basic'),
      aMove(2, beats[26], 17.5, 1, 'Dip'),
    ],
    relaxed: [],
    peaks: [0, 0.2, 0.9, 0.4],
    seed: 7,
    ...changes,
  };
}

function aMove(index, startS, endS, eights, name) {
  const clip = `clip_${index}`;
  return { index, start_s: startS, end_s: endS, eights, clip_id: clip, name, speed: 1, why: '' };
}
