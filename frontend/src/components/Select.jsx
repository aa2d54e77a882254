import { classNames } from './class-names.js';
import { CONTROL, Field, useField } from './Field.jsx';

/** A choice from a list; `options` are `[value, text]`. */
export function Select({ label, hint, error, options, ...rest }) {
  const { id, control } = useField({ hint, error });
  return (
    <Field {...{ id, label, hint, error }}>
      <select {...rest} {...control} className={classNames(CONTROL, 'pe-8')}>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}
