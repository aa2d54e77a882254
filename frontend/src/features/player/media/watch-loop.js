/** Send a playing video back to the start of a loop when it reaches the end. */

import { untilReturnS } from '../logic/loops.js';

const LOOK_AGAIN_S = 0.015;
/** Somebody who is this far beyond the end went there on purpose. */
const PASSED_S = 0.3;

/**
 * Watch a loop `{startS, endS}`; return how to stop.
 *
 * `leadS()` says how much earlier to leave; `onEnd()` is called at the end of every pass.
 */
export function watchLoop(video, { startS, endS }, { leadS, onEnd }) {
  let timer = 0;

  function look() {
    clearTimeout(timer);
    if (video.paused || video.seeking) return;
    const timeS = video.currentTime;
    if (timeS > endS + PASSED_S || timeS < startS - PASSED_S) return;
    const leftS = untilReturnS({ endS, timeS, rate: video.playbackRate, seekS: leadS() });
    if (leftS <= 0) onEnd();
    else
      timer = setTimeout(look, Math.max(1, (leftS > 0.04 ? leftS - LOOK_AGAIN_S : leftS) * 1000));
  }

  const ended = () => {
    if (endS >= video.duration - PASSED_S) onEnd();
  };
  const moments = ['playing', 'seeked', 'ratechange', 'timeupdate'];
  moments.forEach((moment) => video.addEventListener(moment, look));
  video.addEventListener('ended', ended);
  look();
  return () => {
    clearTimeout(timer);
    moments.forEach((moment) => video.removeEventListener(moment, look));
    video.removeEventListener('ended', ended);
  };
}
