import { useCallback, useEffect, useRef, useState } from 'react';
import { JUST_AFTER_S } from '../logic/beats.js';
import { climb } from '../logic/speed.js';
import { createStartDelay } from '../media/start-delay.js';
import { watchLoop } from '../media/watch-loop.js';

/**
 * Repeat `span`, the times of the loop that is on: `{passesDone, isReturning}`.
 *
 * A loop that was shared or remembered is where the video opens. The way back is left early by as long as it is known to take, so that the first beat sounds in
 * time; with a count-in for each pass the music stops and `playFrom` begins the next one.
 */
export function useLooping({ videoRef, span, practice, change, playFrom }) {
  const { loop, ladder, countIn } = practice;
  const [passesDone, setPassesDone] = useState(0);
  const [delay] = useState(createStartDelay);
  const returning = useRef(false);
  const stops = countIn.eachPass && countIn.beats > 0;

  useEffect(() => setPassesDone(0), [span, ladder.on]);

  const endPass = useCallback(() => {
    const video = videoRef.current;
    setPassesDone((done) => done + 1);
    if (stops) {
      video.pause();
      playFrom(loop.startBeat);
      return;
    }
    returning.current = true;
    video.addEventListener('seeked', () => (returning.current = false), { once: true });
    video.currentTime = span.startS + JUST_AFTER_S;
    delay.measure(video, video.currentTime);
    if (video.paused) video.play().catch(() => {});
  }, [videoRef, stops, playFrom, loop, span, delay]);

  useEffect(() => {
    if (!span) return undefined;
    const leadS = stops ? () => 0 : delay.expectedS;
    return watchLoop(videoRef.current, span, { leadS, onEnd: endPass });
  }, [videoRef, span, stops, delay, endPass]);

  const opening = useRef(span);
  useEffect(() => {
    if (opening.current) videoRef.current.currentTime = opening.current.startS + JUST_AFTER_S;
  }, [videoRef]);

  const climbed = useRef(0);
  useEffect(() => {
    if (!ladder.on || passesDone === climbed.current) return;
    climbed.current = passesDone;
    change((now) => ({
      speedPercent: climb({ ...now.ladder, speedPercent: now.speedPercent, passesDone }),
    }));
  }, [ladder.on, passesDone, change]);

  const isReturning = useCallback(() => returning.current, []);
  return { passesDone, isReturning };
}
