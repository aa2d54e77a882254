/** Hear of every frame a video shows. */

/** Without a new frame for this long, the sound's own time is shown, as in a covered window. */
const SILENT_MS = 200;

/**
 * Call `onFrame(mediaS)` before each frame of the video is painted; return how to stop.
 *
 * Seeking is told at once, before its frame is there. Browsers without video frame callbacks are
 * asked on every animation frame.
 */
export function watchFrames(video, onFrame) {
  const watch = 'requestVideoFrameCallback' in video ? watchVideoFrames : watchAnimationFrames;
  const stopFrames = watch(video, onFrame);
  const tell = () => onFrame(video.currentTime);
  const moments = ['seeking', 'loadedmetadata', 'ended'];
  moments.forEach((moment) => video.addEventListener(moment, tell));
  return () => {
    stopFrames();
    moments.forEach((moment) => video.removeEventListener(moment, tell));
  };
}

function watchVideoFrames(video, onFrame) {
  let lastMs = -Infinity;
  let handle = 0;
  const shown = (nowMs, { mediaTime }) => {
    lastMs = nowMs;
    if (!video.seeking) onFrame(mediaTime);
    handle = video.requestVideoFrameCallback(shown);
  };
  const unseen = () => {
    if (performance.now() - lastMs > SILENT_MS) onFrame(video.currentTime);
  };
  handle = video.requestVideoFrameCallback(shown);
  video.addEventListener('timeupdate', unseen);
  return () => {
    video.cancelVideoFrameCallback(handle);
    video.removeEventListener('timeupdate', unseen);
  };
}

function watchAnimationFrames(video, onFrame) {
  let handle = 0;
  const painted = () => {
    if (!video.paused) onFrame(video.currentTime);
    handle = requestAnimationFrame(painted);
  };
  handle = requestAnimationFrame(painted);
  return () => cancelAnimationFrame(handle);
}
