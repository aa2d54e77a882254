import { t } from 'lib/i18n.js';
import { usePlayerContext } from '../player-context.js';
import { PlayerIcon } from './PlayerIcon.jsx';
import { Toggle } from './Toggle.jsx';

/** Where the one is, the clicks over the music, and the count before it. */
export function CountTool() {
  return (
    <section aria-label={t('player.count.title')} className="flex flex-col gap-3">
      <h3 className="text-lg">{t('player.count.title')}</h3>
      <ShiftOne />
      <Metronome />
      <CountIn />
    </section>
  );
}

function ShiftOne() {
  const { practice, run } = usePlayerContext();
  const { shiftBeats } = practice;
  return (
    <div className="flex items-center justify-between gap-2 text-sm">
      <span>
        {t('player.count.one')}
        <span className="block text-muted" data-testid="shift">
          {shiftBeats
            ? t('player.count.shifted', { count: shiftBeats > 0 ? `+${shiftBeats}` : shiftBeats })
            : t('player.count.asIs')}
        </span>
      </span>
      <span className="flex shrink-0 items-center rounded-full bg-raised">
        <ShiftButton label={t('player.count.earlier')} icon="minus" by={-1} run={run} />
        <ShiftButton label={t('player.count.later')} icon="plus" by={1} run={run} />
      </span>
    </div>
  );
}

function ShiftButton({ label, icon, by, run }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={() => run({ do: 'shift', by })}
      className="practice-nudge"
    >
      <PlayerIcon name={icon} className="size-4" />
    </button>
  );
}

function Metronome() {
  const { practice, change, run } = usePlayerContext();
  const { on, volume } = practice.metronome;
  const setVolume = (event) => {
    const level = Number(event.target.value);
    change((now) => ({ metronome: { ...now.metronome, volume: level } }));
  };
  return (
    <div>
      <Toggle
        label={t('player.metronome')}
        on={on}
        onChange={() => run({ do: 'toggle-metronome' })}
      />
      {on && (
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={volume}
          onChange={setVolume}
          aria-label={t('player.volume')}
          className="practice-range"
        />
      )}
    </div>
  );
}

function CountIn() {
  const { practice, change } = usePlayerContext();
  const { beats, eachPass } = practice.countIn;
  const set = (patch) => change((now) => ({ countIn: { ...now.countIn, ...patch } }));
  return (
    <div className="flex flex-col gap-1">
      <fieldset className="flex flex-wrap items-center justify-between gap-x-2 text-sm">
        <legend className="float-start py-2">{t('player.countIn')}</legend>
        <span className="practice-segments">
          {[0, 4, 8].map((each) => (
            <label key={each}>
              <input
                type="radio"
                name="count-in"
                checked={beats === each}
                onChange={() => set({ beats: each })}
              />
              <span>{t(`player.countIn.${each}`)}</span>
            </label>
          ))}
        </span>
      </fieldset>
      {beats > 0 && (
        <Toggle
          label={t('player.countIn.eachPass')}
          on={eachPass}
          onChange={(each) => set({ eachPass: each })}
        />
      )}
    </div>
  );
}
