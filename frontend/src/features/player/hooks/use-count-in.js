import { useCallback, useEffect, useRef, useState } from 'react';
import { countInOf } from '../logic/metronome.js';

/** The first click of a count-in is not cut off by the sound that opens. */
const OPENING_S = 0.12;

/**
 * Return `{counting, start, cancel}`: clicks and big numbers before the music.
 *
 * `start({startBeat, beatsTotal, rate, leadS, then})` calls `then` once, `leadS` before the beat.
 */
export function useCountIn({ song, counts, clicker }) {
  const [counting, setCounting] = useState(null);
  const timers = useRef([]);

  const cancel = useCallback(() => {
    timers.current.forEach(clearTimeout);
    timers.current = [];
    clicker.silence();
    setCounting(null);
  }, [clicker]);

  const start = useCallback(
    async ({ startBeat, beatsTotal, rate, leadS, then }) => {
      cancel();
      await clicker.resume();
      const { steps, durationS } = countInOf({
        beats: song.beats,
        counts,
        startBeat,
        beatsTotal,
        rate,
      });
      const zeroS = clicker.heardNowS() + OPENING_S;
      clicker.play(
        steps.map(({ afterS, count }) => ({ whenS: zeroS + afterS, accent: count === 1 })),
      );
      const later = (call, afterS) => setTimeout(call, (OPENING_S + afterS) * 1000);
      timers.current = steps.map(({ afterS, count }) => later(() => setCounting(count), afterS));
      const begin = () => {
        timers.current = [];
        setCounting(null);
        then();
      };
      timers.current.push(later(begin, durationS - leadS));
    },
    [cancel, clicker, song, counts],
  );

  useEffect(() => cancel, [cancel]);
  return { counting, start, cancel };
}
