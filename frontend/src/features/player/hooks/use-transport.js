import { useCallback, useMemo, useRef, useState } from 'react';
import { beatAt, JUST_AFTER_S, timeOfBeat } from '../logic/beats.js';
import { neighbourEight } from '../logic/counts.js';
import { isInLoop } from '../logic/loops.js';
import { countInTarget } from '../logic/metronome.js';
import { neighbourSpan } from '../logic/moment.js';
import { createStartDelay } from '../media/start-delay.js';

const FRAME_S = 1 / 30;
/**
 * Play, stop and go about in the song: by beats, eights, frames and moves.
 *
 * Steps of beats and eights stay within `span`, the loop that is on; going elsewhere calls
 * `onLeave`.
 */
export function useTransport({
  videoRef,
  song,
  bounds,
  span,
  onLeave,
  countIn,
  countInBeats,
  rate,
}) {
  const { start: startCountIn, cancel: cancelCountIn } = countIn;
  const [delay] = useState(createStartDelay);
  const wanted = useRef(null);

  /** Go to a moment and return it, held within the song; the loop stays as it is. */
  const jump = useCallback(
    (timeS) => {
      const video = videoRef.current;
      const lastS = Number.isFinite(video.duration) ? video.duration - 0.01 : song.durationS;
      const toS = Math.min(Math.max(timeS, 0), lastS);
      cancelCountIn();
      wanted.current = toS;
      video.currentTime = toS;
      return toS;
    },
    [videoRef, song, cancelCountIn],
  );

  const seek = useCallback(
    (timeS) => {
      const toS = jump(timeS);
      if (span && !isInLoop(span, toS)) onLeave();
    },
    [jump, span, onLeave],
  );

  const nowS = useCallback(() => {
    const video = videoRef.current;
    return video.seeking && wanted.current !== null ? wanted.current : video.currentTime;
  }, [videoRef]);

  const begin = useCallback(() => {
    const video = videoRef.current;
    const fromS = video.currentTime;
    video.play().then(
      () => delay.measure(video, fromS),
      () => {},
    );
  }, [videoRef, delay]);

  const playFrom = useCallback(
    (startBeat) => {
      const video = videoRef.current;
      video.currentTime = timeOfBeat(song.beats, startBeat) + JUST_AFTER_S;
      const leadS = delay.expectedS();
      startCountIn({ startBeat, beatsTotal: countInBeats, rate, leadS, then: begin });
    },
    [videoRef, song, delay, startCountIn, countInBeats, rate, begin],
  );

  const play = useCallback(() => {
    const video = videoRef.current;
    if (video.ended) video.currentTime = 0;
    if (!countInBeats || song.beats.length === 0) return begin();
    // Safari lets a video start later only if it was started by a finger once.
    video.play().catch(() => {});
    video.pause();
    return playFrom(countInTarget(song.beats, video.currentTime));
  }, [videoRef, song, countInBeats, begin, playFrom]);

  const pause = useCallback(() => {
    cancelCountIn();
    videoRef.current.pause();
  }, [videoRef, cancelCountIn]);

  const within = useCallback(
    (timeS) => {
      if (!span || !isInLoop(span, nowS())) return timeS;
      return Math.min(Math.max(timeS, span.startS), span.endS - 0.1);
    },
    [span, nowS],
  );

  const step = useCallback(
    (unit, by) => {
      const beat = beatAt(song.beats, nowS() + FRAME_S / 2);
      if (unit === 'frame') {
        videoRef.current.pause();
        return seek(nowS() + by * FRAME_S);
      }
      const target = unit === 'eight' ? neighbourEight(bounds, beat, by) : Math.max(0, beat + by);
      return seek(within(timeOfBeat(song.beats, target) + JUST_AFTER_S));
    },
    [videoRef, song, bounds, nowS, seek, within],
  );

  const stepMove = useCallback(
    (by) => {
      const move = neighbourSpan(song.moves, nowS(), by);
      if (move) seek(move.startS + JUST_AFTER_S);
      return move;
    },
    [song, nowS, seek],
  );

  return useMemo(
    () => ({ jump, seek, nowS, play, pause, playFrom, step, stepMove }),
    [jump, seek, nowS, play, pause, playFrom, step, stepMove],
  );
}
