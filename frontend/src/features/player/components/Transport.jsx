import { t } from 'lib/i18n.js';
import { usePlayerContext } from '../player-context.js';
import { PlayerIcon } from './PlayerIcon.jsx';

/** Play and go about; then the switches one reaches for in the middle of a dance. */
export function Transport() {
  const { run, active } = usePlayerContext();
  return (
    <div
      role="group"
      aria-label={t('player.transport')}
      className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2"
    >
      <div className="flex grow items-center justify-between gap-1 sm:grow-0 sm:justify-start">
        <Step name="moveBack" command={{ do: 'move', by: -1 }} />
        <Step name="back" label="eightBack" command={{ do: 'eight', by: -1 }} />
        <button
          type="button"
          onClick={() => run({ do: 'toggle-play' })}
          aria-label={t(active ? 'player.pause' : 'player.play')}
          className="grid size-16 place-items-center rounded-full bg-ember text-on-ember shadow-rest transition hover:bg-ember-strong active:scale-95"
        >
          <PlayerIcon name={active ? 'pause' : 'play'} className="size-8" />
        </button>
        <Step name="on" label="eightOn" command={{ do: 'eight', by: 1 }} />
        <Step name="moveOn" command={{ do: 'move', by: 1 }} />
      </div>
      <Switches />
    </div>
  );
}

function Step({ name, label = name, command }) {
  const { run } = usePlayerContext();
  return (
    <button
      type="button"
      onClick={() => run(command)}
      aria-label={t(`player.${label}`)}
      title={t(`player.${label}`)}
      className="practice-button size-11 min-[375px]:size-12"
    >
      <PlayerIcon name={name} />
    </button>
  );
}

function Switches() {
  const { practice, song } = usePlayerContext();
  const { loopOn, mirrored, countsShown, metronome } = practice;
  const isCounted = song.beats.length > 0;
  return (
    <div className="flex grow flex-wrap items-center justify-center gap-x-1 min-[375px]:flex-nowrap min-[375px]:justify-between min-[375px]:gap-x-0 sm:grow-0 sm:gap-1 sm:justify-end">
      <SpeedStepper />
      {isCounted && <Switch name="loop" on={loopOn} command="toggle-loop" />}
      <Switch name="mirror" on={mirrored} command="toggle-mirror" />
      {isCounted && (
        <>
          <Switch name="counts" on={countsShown} command="toggle-counts" text="1·8" />
          <Switch name="metronome" on={metronome.on} command="toggle-metronome" />
        </>
      )}
    </div>
  );
}

function Switch({ name, on, command, text }) {
  const { run } = usePlayerContext();
  return (
    <button
      type="button"
      aria-pressed={on}
      title={t(`player.${name}`)}
      onClick={() => run({ do: command })}
      className="practice-button size-11"
    >
      <span className="sr-only">{t(`player.${name}`)} </span>
      {text ? (
        <b aria-hidden="true" className="text-sm tabular-nums">
          {text}
        </b>
      ) : (
        <PlayerIcon name={name} />
      )}
    </button>
  );
}

function SpeedStepper() {
  const { practice, run } = usePlayerContext();
  return (
    <div role="group" aria-label={t('player.speed')} className="flex items-center">
      <button
        type="button"
        aria-label={t('player.slower')}
        onClick={() => run({ do: 'speed', by: -1 })}
        className="practice-button size-11"
      >
        <PlayerIcon name="minus" className="size-5" />
      </button>
      <span className="min-w-[3rem] text-center font-semibold tabular-nums" data-testid="speed">
        {t('player.percent', { percent: practice.speedPercent })}
      </span>
      <button
        type="button"
        aria-label={t('player.faster')}
        onClick={() => run({ do: 'speed', by: 1 })}
        className="practice-button size-11"
      >
        <PlayerIcon name="plus" className="size-5" />
      </button>
    </div>
  );
}
