import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { t } from 'lib/i18n.js';
import { countsOf, eightBounds } from '../logic/counts.js';
import { loopTimes } from '../logic/loops.js';
import { createClicker } from '../media/clicker.js';
import { readTimeline } from '../logic/timeline.js';
import { useCommands } from './use-commands.js';
import { useCountIn } from './use-count-in.js';
import { useFullScreen } from './use-full-screen.js';
import { useKeys } from './use-keys.js';
import { useLoopCommands } from './use-loop-commands.js';
import { useLooping } from './use-looping.js';
import { useMediaSession } from './use-media-session.js';
import { useMessage } from './use-message.js';
import { useMetronome } from './use-metronome.js';
import { usePlayhead } from './use-playhead.js';
import { usePractice } from './use-practice.js';
import { useRenewedUrl } from './use-renewed-url.js';
import { useTransport } from './use-transport.js';
import { useVideoState } from './use-video-state.js';
import { useWakeLock } from './use-wake-lock.js';

/** Return the song as the dancer counts it: `{song, counts, bounds, practice, change}`. */
function useCountedSong({ timeline, storageKey }) {
  const song = useMemo(() => readTimeline(timeline), [timeline]);
  const beatsTotal = song.beats.length;
  const { practice, change } = usePractice({ storageKey, beatsTotal });
  const { shiftBeats } = practice;
  const counts = useMemo(
    () => (beatsTotal ? countsOf({ beatsTotal, ones: song.ones, shiftBeats }) : []),
    [beatsTotal, song, shiftBeats],
  );
  const bounds = useMemo(() => eightBounds(counts), [counts]);
  return { song, counts, bounds, practice, change };
}

/** Play at the chosen speed with the pitch kept, also after a new link was loaded. */
function useSpeed(videoRef, rate) {
  useEffect(() => {
    const video = videoRef.current;
    video.preservesPitch = true;
    video.defaultPlaybackRate = rate;
    video.playbackRate = rate;
  }, [videoRef, rate]);
}

/** Put the whole player together; what it returns is what the pieces of the page draw and call. */
export function usePlayer({ timeline, videoUrl, posterUrl, title, onExpired, storageKey }) {
  const videoRef = useRef(null);
  const stageRef = useRef(null);
  const [clicker] = useState(createClicker);
  const [helpOpen, setHelpOpen] = useState(false);
  const counted = useCountedSong({ timeline, storageKey });
  const { song, counts, bounds, practice, change } = counted;
  const { message, say } = useMessage();
  const state = useVideoState(videoRef);
  const link = useRenewedUrl({ videoRef, videoUrl, onExpired });
  const playhead = usePlayhead({ videoRef, song, counts });
  const screen = useFullScreen(stageRef);
  const rate = practice.speedPercent / 100;
  const durationS = state.durationS || song.durationS;

  const { loop, loopOn } = practice;
  const span = useMemo(
    () => (loop && loopOn ? loopTimes(loop, song.beats, durationS) : null),
    [loop, loopOn, song, durationS],
  );
  const countIn = useCountIn({ song, counts, clicker });
  const onLeave = useCallback(() => {
    change({ loopOn: false });
    say(t('player.said.loopOff'));
  }, [change, say]);
  const transport = useTransport({
    ...{ videoRef, song, bounds, span, onLeave, countIn, rate },
    countInBeats: practice.countIn.beats,
  });
  const looping = useLooping({
    ...{ videoRef, span, practice, change },
    playFrom: transport.playFrom,
  });
  const loops = useLoopCommands({ song, bounds, practice, change, say, transport });
  const active = state.playing || countIn.counting !== null;
  const run = useCommands({
    ...{ practice, change, say, transport, loops, active },
    toggleFull: screen.toggle,
    openHelp: useCallback(() => setHelpOpen((open) => !open), []),
  });

  useSpeed(videoRef, rate);
  useMetronome({
    ...{ videoRef, song, counts, span, clicker, isReturning: looping.isReturning },
    ...practice.metronome,
  });
  useKeys({ on: practice.keysOn, run });
  useWakeLock(active);
  useMediaSession({ title, posterUrl, playing: active, run, videoRef });
  useEffect(() => () => clicker.close(), [clicker]);

  return {
    ...{ videoRef, stageRef, ...counted, message, state, link, playhead, screen, durationS, span },
    ...{ countIn, loops, run, active, passesDone: looping.passesDone, helpOpen, setHelpOpen },
  };
}
