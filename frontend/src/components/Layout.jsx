import { Link, NavLink } from 'react-router-dom';
import { useUser } from 'lib/auth.js';
import { LANGUAGES, setLanguage, t, useLanguage } from 'lib/i18n.js';
import { useTheme } from 'lib/theme.js';
import { useArrival } from 'hooks/use-page.js';
import { ButtonLink } from './Button.jsx';
import { classNames } from './class-names.js';
import { Icon } from './Icon.jsx';
import { Mark } from './Mark.jsx';
import { Toasts } from './Toast.jsx';

const PLACES = [
  ['/generate', 'nav.generate', 'spark'],
  ['/tasks', 'nav.tasks', 'clock'],
  ['/collections', 'nav.collection', 'heart'],
  ['/moves', 'nav.moves', 'steps'],
];

const topLink = ({ isActive }) =>
  classNames(
    'flex min-h-thumb items-center rounded-full px-4 text-sm font-semibold no-underline transition hover:bg-raised',
    isActive ? 'bg-raised text-ink' : 'text-muted',
  );

const bottomLink = ({ isActive }) =>
  classNames(
    'flex min-h-[3.5rem] min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-xs font-semibold no-underline',
    isActive ? 'text-ember-text' : 'text-muted',
  );

function TopBar() {
  const user = useUser();
  return (
    <header className="pt-[env(safe-area-inset-top)]">
      <div className="mx-auto flex w-full max-w-page items-center gap-2 px-4 py-3 sm:px-6">
        <Link to="/" className="me-auto flex min-h-thumb items-center gap-2.5 no-underline">
          <Mark className="size-9" />
          <span className="whitespace-nowrap font-display font-semibold tracking-tight sm:text-lg">
            Bachata Buddy
          </span>
        </Link>
        {user ? <SignedIn user={user} /> : <SignedOut />}
      </div>
    </header>
  );
}

function SignedIn({ user }) {
  return (
    <>
      <nav aria-label={t('nav.label')} className="hidden gap-1 md:flex">
        {PLACES.map(([to, name]) => (
          <NavLink key={to} to={to} className={topLink}>
            {t(name)}
          </NavLink>
        ))}
      </nav>
      <NavLink
        to="/profile"
        aria-label={t('nav.profile')}
        className="flex size-11 items-center justify-center rounded-full bg-raised text-sm font-bold uppercase text-brass-text no-underline hover:bg-line/60"
      >
        {(user.display_name || user.username).trim().slice(0, 1)}
      </NavLink>
    </>
  );
}

function SignedOut() {
  return (
    <ButtonLink to="/login" variant="quiet" className="whitespace-nowrap !px-3 text-sm sm:!px-5">
      {t('auth.signIn')}
    </ButtonLink>
  );
}

function BottomBar() {
  return (
    <nav
      aria-label={t('nav.label')}
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface/95 px-2 pb-[env(safe-area-inset-bottom)] backdrop-blur md:hidden"
    >
      {PLACES.map(([to, name, icon]) => (
        <NavLink key={to} to={to} className={bottomLink}>
          <Icon name={icon} className="size-6" />
          <span className="max-w-full truncate">{t(name)}</span>
        </NavLink>
      ))}
    </nav>
  );
}

const FOOT_SELECT =
  'min-h-thumb rounded-full border-2 border-muted/70 bg-ground px-3 text-sm text-ink hover:border-ink';

function Footer() {
  const language = useLanguage();
  const [theme, chooseTheme] = useTheme();
  return (
    <footer className="mx-auto flex w-full max-w-page flex-wrap items-center gap-x-4 gap-y-3 px-4 pb-28 pt-14 text-sm text-muted sm:px-6 md:pb-10">
      <p className="me-auto">{t('footer.words')}</p>
      <label className="flex items-center gap-2">
        <span className="sr-only">{t('common.language')}</span>
        <select
          value={language}
          onChange={(event) => setLanguage(event.target.value, { remember: true })}
          className={FOOT_SELECT}
        >
          {Object.entries(LANGUAGES).map(([code, name]) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label className="flex items-center gap-2">
        <span className="sr-only">{t('common.theme')}</span>
        <select
          value={theme}
          onChange={(event) => chooseTheme(event.target.value)}
          className={FOOT_SELECT}
        >
          {['system', 'light', 'dark'].map((each) => (
            <option key={each} value={each}>
              {t(`theme.${each}`)}
            </option>
          ))}
        </select>
      </label>
    </footer>
  );
}

/** What is around every page. */
export function Layout({ children }) {
  const user = useUser();
  const main = useArrival();
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-full bg-stage px-5 py-3 text-on-stage focus:not-sr-only focus:fixed focus:start-4 focus:top-4"
      >
        {t('nav.skip')}
      </a>
      <TopBar />
      <main id="main" ref={main} tabIndex={-1} className="flex grow flex-col">
        {children}
      </main>
      <Footer />
      {user && <BottomBar />}
      <Toasts />
    </div>
  );
}
