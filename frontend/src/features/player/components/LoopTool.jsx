import { clock } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { timeOfBeat } from '../logic/beats.js';
import { usePlayerContext } from '../player-context.js';
import { PlayerIcon } from './PlayerIcon.jsx';
import { Toggle } from './Toggle.jsx';

/** The loop: where it begins and ends, and the quick ways to one. */
export function LoopTool() {
  const { practice, loops, passesDone, run } = usePlayerContext();
  const { loop, loopOn } = practice;
  return (
    <section aria-label={t('player.loop.title')} className="flex flex-col gap-3">
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-lg">{t('player.loop.title')}</h3>
        {loop && (
          <Toggle
            label={t('player.loop')}
            hideLabel
            on={loopOn}
            onChange={() => run({ do: 'toggle-loop' })}
          />
        )}
      </div>
      <div className="grid grid-cols-2 gap-2">
        <Quick onClick={loops.ofThisMove} text={t('player.loop.thisMove')} />
        <Quick onClick={loops.ofThisSection} text={t('player.loop.thisSection')} />
        <Quick onClick={() => loops.set('a')} text={t('player.loop.setA')} />
        <Quick onClick={() => loops.set('b')} text={t('player.loop.setB')} />
      </div>
      {loop ? <Edges /> : <p className="text-sm text-muted">{t('player.loop.hint')}</p>}
      {loop && (
        <p className="flex items-center justify-between gap-2 text-sm text-muted">
          <span data-testid="passes">
            {t('player.loop.length', { count: loop.endBeat - loop.startBeat })}
            {passesDone > 0 && ` · ${t('player.loop.passes', { count: passesDone })}`}
          </span>
          <button type="button" onClick={loops.clear} className="practice-text-button">
            {t('player.loop.clear')}
          </button>
        </p>
      )}
    </section>
  );
}

function Quick({ onClick, text }) {
  return (
    <button type="button" onClick={onClick} className="practice-quick">
      {text}
    </button>
  );
}

function Edges() {
  return (
    <div className="grid grid-cols-2 gap-2">
      <EdgeStepper which="a" />
      <EdgeStepper which="b" />
    </div>
  );
}

function EdgeStepper({ which }) {
  const { practice, song, loops } = usePlayerContext();
  const beat = which === 'a' ? practice.loop.startBeat : practice.loop.endBeat;
  const edge = which.toUpperCase();
  return (
    <div className="flex items-center justify-between rounded-full bg-raised">
      <Nudge
        label={t('player.loop.earlier', { edge })}
        icon="minus"
        onClick={() => loops.nudge(which, -1)}
      />
      <span
        className="text-center text-sm font-semibold tabular-nums"
        data-testid={`edge-${which}`}
      >
        <span className="text-brass-text">{edge}</span>{' '}
        {clock(Math.floor(timeOfBeat(song.beats, beat)))}
      </span>
      <Nudge
        label={t('player.loop.later', { edge })}
        icon="plus"
        onClick={() => loops.nudge(which, 1)}
      />
    </div>
  );
}

function Nudge({ label, icon, onClick }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="practice-nudge"
    >
      <PlayerIcon name={icon} className="size-4" />
    </button>
  );
}
