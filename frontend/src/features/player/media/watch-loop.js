/** Send a playing video back to the start of a loop when it reaches the end. */

import { untilReturnS } from '../logic/loops.js';

const LOOK_AGAIN_S = 0.015;

/**
 * Watch a loop that ends at `endS`; return how to stop.
 *
 * However late a busy page looks, the video is sent back: who wants to be elsewhere ends the loop.
 * `leadS()` says how much earlier to leave; `onEnd()` is called at the end of every pass.
 */
export function watchLoop(video, { endS }, { leadS, onEnd }) {
  let timer = 0;

  function look() {
    clearTimeout(timer);
    if (video.paused || video.seeking) return;
    const timeS = video.currentTime;
    const leftS = untilReturnS({ endS, timeS, rate: video.playbackRate, seekS: leadS() });
    if (leftS <= 0) onEnd();
    else
      timer = setTimeout(look, Math.max(1, (leftS > 0.04 ? leftS - LOOK_AGAIN_S : leftS) * 1000));
  }

  const moments = ['playing', 'seeked', 'ratechange', 'timeupdate'];
  moments.forEach((moment) => video.addEventListener(moment, look));
  video.addEventListener('ended', onEnd);
  look();
  return () => {
    clearTimeout(timer);
    moments.forEach((moment) => video.removeEventListener(moment, look));
    video.removeEventListener('ended', onEnd);
  };
}
