/** Find beats by time and times by beat. Beats are seconds in rising order. */

const STEADY_BEAT_S = 0.5;

/** Seeks land a hair after the beat, or rounding would show the last picture of the move before. */
export const JUST_AFTER_S = 0.002;

/** Return the index of the last beat at or before `timeS`, or -1 before the first. */
export function beatAt(beats, timeS) {
  let low = 0;
  let high = beats.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (beats[middle] <= timeS) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Return the index of the beat nearest to `timeS`; beats.length stands for the end of the last. */
export function nearestBeat(beats, timeS) {
  const before = beatAt(beats, timeS);
  const gapBeforeS = timeS - timeOfBeat(beats, before);
  const gapAfterS = timeOfBeat(beats, before + 1) - timeS;
  return Math.max(0, gapAfterS < gapBeforeS ? before + 1 : before);
}

/** Return the length of the beat `index` in seconds; outside the song, of the nearest beat. */
export function beatLengthS(beats, index) {
  if (beats.length < 2) return STEADY_BEAT_S;
  const inside = Math.min(Math.max(index, 0), beats.length - 2);
  return beats[inside + 1] - beats[inside];
}

/** Return when the beat `index` sounds; outside the song the nearest tempo goes on. */
export function timeOfBeat(beats, index) {
  if (beats.length === 0) return index * STEADY_BEAT_S;
  if (index < 0) return beats[0] + index * beatLengthS(beats, 0);
  const last = beats.length - 1;
  if (index > last) return beats[last] + (index - last) * beatLengthS(beats, last);
  return beats[index];
}
