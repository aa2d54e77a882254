/** Turn the song into shapes. */

/** How long a second of the song is in the lane of moves. */
export const LANE_PX_PER_S = 44;

const TICKS_END_PX = 14;

/** Return the SVG path of strokes at some moments, `heightPx` high, in the lane of moves. */
export const ticksPath = (momentsS, heightPx) =>
  momentsS
    .map((timeS) => `M${(timeS * LANE_PX_PER_S).toFixed(1)} ${TICKS_END_PX}v-${heightPx}`)
    .join('');

/** Return the SVG path of a loudness curve, mirrored about the middle, in a box of 1000 by 100. */
export function loudnessPath(peaks, { columns = 240 } = {}) {
  if (peaks.length === 0) return '';
  const heights = loudest(peaks, Math.min(columns, peaks.length));
  const top = Math.max(...heights) || 1;
  const step = 1000 / heights.length;
  const bar = step * 0.62;
  return heights
    .map((height, column) => {
      const tall = Math.max(2, (height / top) * 96);
      const x = (column * step + (step - bar) / 2).toFixed(2);
      return `M${x} ${(50 - tall / 2).toFixed(2)}h${bar.toFixed(2)}v${tall.toFixed(2)}h-${bar.toFixed(2)}z`;
    })
    .join('');
}

function loudest(peaks, columns) {
  return Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * peaks.length) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * peaks.length) / columns));
    return Math.max(...peaks.slice(from, to));
  });
}

/** Return where a moment lies on the strip, 0 to 1. */
export function shareOf(timeS, durationS) {
  return durationS > 0 ? Math.min(Math.max(timeS / durationS, 0), 1) : 0;
}
