import { classNames } from './class-names.js';

/** A sheet of paper to put things on. */
export function Card({ as: Tag = 'section', className, ...rest }) {
  return <Tag {...rest} className={classNames('rounded-lg bg-surface shadow-rest', className)} />;
}
