/** Runs inside the page: what the video shows, frame by frame. */

/** Start to write down every frame: when, which moment of the song, and the beat drawn over it. */
export function record() {
  const video = document.querySelector('video');
  const counts = document.querySelector('.practice-counts');
  const log = { frames: [], jumps: [] };
  window.recorded = log;
  const seen = (nowMs, { mediaTime, presentedFrames }) => {
    video.requestVideoFrameCallback(seen);
    const frame = { nowMs, mediaS: mediaTime, number: presentedFrames };
    log.frames.push(frame);
    // After every other callback of this frame, and before it is painted.
    queueMicrotask(() => (frame.beat = Number(counts.dataset.beat)));
  };
  // Asked for in a callback that runs after the player's own, so that theirs is always first.
  requestAnimationFrame(() => video.requestVideoFrameCallback(seen));
  let leftAtMs = null;
  video.addEventListener('seeking', () => (leftAtMs = performance.now()));
  const look = () => {
    requestAnimationFrame(look);
    if (leftAtMs === null || video.seeking || video.paused) return;
    const nowMs = performance.now();
    log.jumps.push({ leftAtMs, nowMs, mediaS: video.currentTime });
    if (log.jumps.length > 1 || video.currentTime > 0) leftAtMs = null;
  };
  requestAnimationFrame(look);
}

/** Return what was written down. */
export const recorded = (page) => page.evaluate(() => window.recorded);

/** Return `{median, worst}` of the sizes of some differences, in milliseconds. */
export function spread(differencesS) {
  const sizes = differencesS.map((each) => Math.abs(each) * 1000).sort((a, b) => a - b);
  const round = (ms) => Math.round(ms * 10) / 10;
  return { median: round(sizes[sizes.length >> 1]), worst: round(sizes.at(-1)), of: sizes.length };
}

/** Say a measured number, so that a run leaves it in its output. */
export const tell = (what, figures) =>
  process.stdout.write(`${what}: ${JSON.stringify(figures)}\n`);
