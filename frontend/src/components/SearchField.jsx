import { classNames } from './class-names.js';
import { CONTROL } from './Field.jsx';
import { Icon } from './Icon.jsx';

/** A field to search with; its label is for screen readers and stands inside for the eyes. */
export function SearchField({ label, value, onChange }) {
  return (
    <label className="relative min-w-48 flex-1">
      <span className="sr-only">{label}</span>
      <Icon
        name="search"
        className="pointer-events-none absolute start-4 top-1/2 size-5 -translate-y-1/2 text-muted"
      />
      <input
        type="search"
        dir="auto"
        value={value}
        maxLength={100}
        placeholder={label}
        onChange={(event) => onChange(event.target.value)}
        className={classNames(CONTROL, '!ps-12')}
      />
    </label>
  );
}
