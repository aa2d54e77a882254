import { useEffect, useMemo, useRef } from 'react';
import { t } from 'lib/i18n.js';
import { wrapShift } from '../logic/counts.js';
import { clampSpeed, STEP_PERCENT } from '../logic/speed.js';

/** Say what a step came to only when it was pressed once; a held key would never stop talking. */
const unlessHeld = (command, say, words) => command.repeated || say(words);

/** Return `run(command)`: one door for keys, buttons and the system's media keys. */
export function useCommands(parts) {
  const latest = useRef(parts);
  useEffect(() => {
    latest.current = parts;
  });
  return useMemo(() => (command) => COMMANDS[command.do](latest.current, command), []);
}

const COMMANDS = {
  play: ({ transport }) => transport.play(),
  pause: ({ transport }) => transport.pause(),
  'toggle-play': ({ transport, active }) => (active ? transport.pause() : transport.play()),
  seek: ({ transport }, { timeS }) => transport.seek(timeS),
  beat: ({ transport }, { by }) => transport.step('beat', by),
  eight: ({ transport }, { by }) => transport.step('eight', by),
  frame: ({ transport }, { by }) => transport.step('frame', by),
  move: moveOn,
  'set-a': ({ loops }) => loops.set('a'),
  'set-b': ({ loops }) => loops.set('b'),
  'toggle-loop': ({ loops }) => loops.toggle(),
  'toggle-mirror': flip('mirrored', 'player.said.mirrorOn', 'player.said.mirrorOff'),
  'toggle-counts': flip('countsShown', 'player.said.countsOn', 'player.said.countsOff'),
  'toggle-metronome': toggleMetronome,
  'toggle-full': ({ toggleFull }) => toggleFull(),
  speed: changeSpeed,
  shift: shiftOne,
  help: ({ openHelp }) => openHelp(),
};

function moveOn({ transport, say }, command) {
  const move = transport.stepMove(command.by);
  if (move) unlessHeld(command, say, move.name);
}

function flip(name, onWords, offWords) {
  return ({ practice, change, say }) => {
    change({ [name]: !practice[name] });
    say(t(practice[name] ? offWords : onWords));
  };
}

function toggleMetronome({ practice, change, say }) {
  const on = !practice.metronome.on;
  change((now) => ({ metronome: { ...now.metronome, on } }));
  say(t(on ? 'player.said.metronomeOn' : 'player.said.metronomeOff'));
}

/** Change the speed by steps (`by`) or to a value (`percent`). */
function changeSpeed({ practice, change, say }, { by = 0, percent = practice.speedPercent }) {
  const speedPercent = clampSpeed(percent + by * STEP_PERCENT);
  change({ speedPercent });
  say(t('player.said.speed', { percent: speedPercent }));
}

function shiftOne({ practice, change, say }, { by }) {
  const shiftBeats = by === 0 ? 0 : wrapShift(practice.shiftBeats + by);
  change({ shiftBeats });
  say(shiftBeats ? t('player.said.shift', { count: shiftBeats }) : t('player.said.shiftNone'));
}
