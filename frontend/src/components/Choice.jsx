import { useId } from 'react';
import { classNames } from './class-names.js';

const PILL =
  'flex min-h-thumb cursor-pointer items-center justify-center rounded-full border-2 border-muted/70 ' +
  'px-4 py-1.5 text-sm font-semibold transition hover:border-ink ' +
  'peer-checked:border-brass peer-checked:bg-brass peer-checked:text-on-brass ' +
  'peer-focus-visible:outline peer-focus-visible:outline-[3px] ' +
  'peer-focus-visible:outline-offset-[3px] peer-focus-visible:outline-focus';

/** One of a few, all in sight; `options` are `[value, text]`. Arrow keys move, as in any radio group. */
export function Choice({ legend, value, onChange, options, hint }) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-semibold">{legend}</legend>
      <div className="flex flex-wrap gap-2">
        {options.map(([each, text]) => (
          <label key={each} className="relative">
            <input
              type="radio"
              name={name}
              value={each}
              checked={value === each}
              onChange={() => onChange(each)}
              className="peer absolute inset-0 cursor-pointer opacity-0"
            />
            <span className={classNames(PILL)}>{text}</span>
          </label>
        ))}
      </div>
      {hint && <p className="mt-1.5 text-sm text-muted">{hint}</p>}
    </fieldset>
  );
}
