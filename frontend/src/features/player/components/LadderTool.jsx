import { t } from 'lib/i18n.js';
import { usePlayerContext } from '../player-context.js';
import { Toggle } from './Toggle.jsx';

const STEPS = [5, 10];
const EVERY = [1, 2, 3, 4, 8];
const TOPS = [80, 90, 100, 110, 125];

/** The tempo ladder: each few passes of the loop a little faster. */
export function LadderTool() {
  const { practice, change } = usePlayerContext();
  const { ladder } = practice;
  const set = (patch) => change((now) => ({ ladder: { ...now.ladder, ...patch } }));
  const percent = (value) => t('player.percent', { percent: value });
  return (
    <section aria-label={t('player.ladder.title')} className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-lg">{t('player.ladder.title')}</h3>
        <Toggle
          label={t('player.ladder.title')}
          hideLabel
          on={ladder.on}
          onChange={(on) => set({ on })}
        />
      </div>
      {ladder.on ? (
        <div className="grid grid-cols-3 gap-2">
          <Pick
            label={t('player.ladder.step')}
            value={ladder.stepPercent}
            values={STEPS}
            words={(value) => `+${percent(value)}`}
            onChange={(stepPercent) => set({ stepPercent })}
          />
          <Pick
            label={t('player.ladder.every')}
            value={ladder.everyPasses}
            values={EVERY}
            words={(count) => t('player.ladder.passes', { count })}
            onChange={(everyPasses) => set({ everyPasses })}
          />
          <Pick
            label={t('player.ladder.top')}
            value={ladder.topPercent}
            values={TOPS}
            words={percent}
            onChange={(topPercent) => set({ topPercent })}
          />
        </div>
      ) : (
        <p className="text-sm text-muted">{t('player.ladder.hint')}</p>
      )}
    </section>
  );
}

function Pick({ label, value, values, words, onChange }) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-xs font-semibold text-muted">
      {label}
      <select
        value={value}
        onChange={(event) => onChange(Number(event.target.value))}
        className="practice-select"
      >
        {values.map((each) => (
          <option key={each} value={each}>
            {words(each)}
          </option>
        ))}
      </select>
    </label>
  );
}
