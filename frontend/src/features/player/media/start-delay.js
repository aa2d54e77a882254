/** Learn how long a video takes until its sound goes on after a seek or a start. */

import { learnSeekS } from '../logic/loops.js';

const MOVING_S = 0.02;
const GIVE_UP_MS = 1500;

/** Return a delay that is learnt: `expectedS()` and `measure(video, fromS)`. */
export function createStartDelay() {
  let expectedS = null;
  return {
    expectedS: () => expectedS ?? 0,
    /** Call at the moment of the seek or start to `fromS`. */
    measure(video, fromS) {
      const beganMs = performance.now();
      const look = () => {
        const passedMs = performance.now() - beganMs;
        if (passedMs > GIVE_UP_MS || video.paused) return;
        const danced = video.currentTime - fromS;
        if (video.seeking || danced < MOVING_S) requestAnimationFrame(look);
        else expectedS = learnSeekS(expectedS, passedMs / 1000 - danced / video.playbackRate);
      };
      requestAnimationFrame(look);
    },
  };
}
