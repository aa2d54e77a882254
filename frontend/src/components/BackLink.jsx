import { Link } from 'react-router-dom';
import { Icon } from './Icon.jsx';

/** The way up, above a page's title. */
export function BackLink({ to, children }) {
  return (
    <Link
      to={to}
      className="-ms-1.5 mb-2 inline-flex min-h-thumb items-center gap-1 text-sm font-semibold text-muted no-underline hover:text-ink hover:underline"
    >
      <Icon name="left" className="size-5 rtl:rotate-180" />
      {children}
    </Link>
  );
}
