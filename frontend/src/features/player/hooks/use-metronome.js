import { useEffect } from 'react';
import { clicksInLoop } from '../logic/metronome.js';

/** Clicks are handed to the audio clock this far ahead, so that a busy page is never late. */
const AHEAD_S = 0.25;
const EVERY_MS = 60;

/**
 * Click on the beats of a playing video.
 *
 * `isReturning()` tells that a seek is the loop's own way back, for which clicks are laid already.
 */
export function useMetronome({ videoRef, on, volume, song, counts, span, clicker, isReturning }) {
  useEffect(() => clicker.setVolume(volume), [clicker, volume]);

  useEffect(() => {
    if (!on) return undefined;
    const video = videoRef.current;
    let untilS = null;

    function lay() {
      if (video.paused || video.seeking || video.readyState < 3) return;
      const mediaS = video.currentTime;
      const anchor = { mediaS, contextS: clicker.heardNowS(), rate: video.playbackRate };
      const fromS = untilS ?? mediaS;
      const toS = mediaS + AHEAD_S * anchor.rate;
      if (toS <= fromS) return;
      clicker.play(clicksInLoop({ beats: song.beats, counts, fromS, toS, anchor, loop: span }));
      untilS = toS;
    }

    function startOver() {
      if (isReturning()) {
        if (untilS !== null) untilS -= span.endS - span.startS;
        return;
      }
      clicker.silence();
      untilS = null;
    }

    clicker.resume().catch(() => {});
    const timer = setInterval(lay, EVERY_MS);
    const moments = ['pause', 'seeking', 'ratechange'];
    moments.forEach((moment) => video.addEventListener(moment, startOver));
    video.addEventListener('playing', lay);
    return () => {
      clearInterval(timer);
      clicker.silence();
      moments.forEach((moment) => video.removeEventListener(moment, startOver));
      video.removeEventListener('playing', lay);
    };
  }, [videoRef, on, song, counts, span, clicker, isReturning]);
}
