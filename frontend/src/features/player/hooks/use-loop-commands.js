import { useMemo } from 'react';
import { t } from 'lib/i18n.js';
import { beatAt, timeOfBeat } from '../logic/beats.js';
import { isInLoop, loopOfSpan, loopTimes, nudgeEdge, placeEdge, setEdge } from '../logic/loops.js';
import { spanAt } from '../logic/moment.js';

/** Return everything that can be done with the loop; each says in words what came of it. */
export function useLoopCommands({ song, bounds, practice, change, say, transport }) {
  return useMemo(() => {
    const beatsTotal = song.beats.length;
    const beatNow = () => Math.max(0, beatAt(song.beats, transport.nowS() + 0.02));
    const timesOf = (loop) => loopTimes(loop, song.beats, song.durationS);

    function settle(loop) {
      if (!isInLoop(timesOf(loop), transport.nowS())) {
        transport.jump(timeOfBeat(song.beats, loop.startBeat));
      }
    }
    function repeat(loop, words) {
      if (!loop) return;
      change({ loop, loopOn: true });
      say(words);
      settle(loop);
    }
    const ofMove = (move) =>
      repeat(loopOfSpan(move, song.ones, beatsTotal), t('player.said.loopMove', move));
    const edge = (loop, which) =>
      t(`player.said.${which}`, { beats: loop.endBeat - loop.startBeat });

    return {
      set(which) {
        if (beatsTotal === 0) return;
        const loop = setEdge(practice.loop, which, beatNow(), bounds);
        repeat(loop, edge(loop, which));
      },
      place(which, beat) {
        change((now) => ({ loop: placeEdge(now.loop, which, beat, beatsTotal), loopOn: true }));
      },
      nudge(which, by) {
        const loop = nudgeEdge(practice.loop, which, by, beatsTotal);
        repeat(loop, edge(loop, which));
      },
      toggle() {
        if (!practice.loop) {
          const move = spanAt(song.moves, transport.nowS());
          if (move) ofMove(move);
        } else if (practice.loopOn) {
          change({ loopOn: false });
          say(t('player.said.loopOff'));
        } else {
          repeat(practice.loop, t('player.said.loopOn'));
        }
      },
      clear() {
        change({ loop: null, loopOn: false });
        say(t('player.said.loopOff'));
      },
      /** Go into the loop if an edge was dragged past the playhead. */
      settle: () => practice.loop && settle(practice.loop),
      ofMove,
      ofThisMove: () => ofMove(spanAt(song.moves, transport.nowS())),
      ofThisSection() {
        const section = spanAt(song.sections, transport.nowS());
        repeat(loopOfSpan(section, song.ones, beatsTotal), t('player.said.loopSection', section));
      },
    };
  }, [song, bounds, practice.loop, practice.loopOn, change, say, transport]);
}
