import { classNames } from 'components/class-names.js';
import { Icon } from 'components/Icon.jsx';
import { number } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { STEPS, stepOf } from '../words.js';

const MARKS = { done: 'text-good', now: 'text-brass-text', later: 'text-muted' };

function Step({ name, state, isWorking }) {
  return (
    <li
      aria-current={state === 'now' ? 'step' : undefined}
      className={classNames(
        'flex items-center gap-3',
        state === 'now' ? 'font-semibold' : MARKS.later,
      )}
    >
      <span className={classNames('flex size-6 items-center justify-center', MARKS[state])}>
        {state === 'done' && <Icon name="check" />}
        {state !== 'done' && (
          <span
            aria-hidden="true"
            className={classNames(
              'rounded-full bg-current',
              state === 'now' ? 'size-3' : 'size-2 opacity-50',
              state === 'now' && isWorking && 'beat-dot',
            )}
          />
        )}
      </span>
      {t(`step.${name}`)}
      {state === 'done' && <span className="sr-only">{t('step.isDone')}</span>}
    </li>
  );
}

const stateOf = (index, now) => (index < now ? 'done' : index === now ? 'now' : 'later');

/** The steps of the job, with the one at work marked. */
export function Steps({ task, isWorking = true }) {
  const now = stepOf(task);
  return (
    <ol role="list" className="flex flex-col gap-3">
      {STEPS.map((name, index) => (
        <Step key={name} name={name} state={stateOf(index, now)} isWorking={isWorking} />
      ))}
    </ol>
  );
}

/** Return what is known of the wait, in words. */
export function waitWords({ queue_position: queue, time_left_s: left }) {
  if (queue) return t('task.queue', { count: queue });
  if (left === null) return t('task.soon');
  if (left < 5) return t('task.nearly');
  if (left < 90) return t('task.secondsLeft', { seconds: number(Math.ceil(left / 5) * 5) });
  return t('task.minutesLeft', { minutes: number(Math.ceil(left / 60)) });
}
