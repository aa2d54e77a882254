import { useEffect, useRef } from 'react';
import { Navigate, useLocation } from 'react-router-dom';
import { Card } from 'components/Card.jsx';
import { Notice } from 'components/Notice.jsx';
import { useTitle } from 'hooks/use-page.js';
import { useSession, whyEnded } from 'lib/auth.js';
import { t } from 'lib/i18n.js';
import { wantedPlace } from '../wanted-place.js';

/** Put the caret into the first field, so that one can begin to type. */
function useFirstField() {
  const card = useRef(null);
  useEffect(() => {
    // Only after the page has taken its place: the way here moves the focus to its beginning.
    const timer = setTimeout(() => card.current?.querySelector('input')?.focus());
    return () => clearTimeout(timer);
  }, []);
  return card;
}

/** A form in the middle of the page; whoever is signed in goes on to where they wanted to be. */
export function AuthPage({ title, text, children, below }) {
  const session = useSession();
  const { search } = useLocation();
  const card = useFirstField();
  useTitle(title);
  if (session) return <Navigate to={wantedPlace(search)} replace />;
  return (
    <div className="mx-auto flex w-full max-w-md flex-col gap-6 px-4 py-8 sm:py-14">
      <div className="flex flex-col gap-2">
        <h1 className="text-3xl">{title}</h1>
        <p className="text-muted">{text}</p>
      </div>
      {whyEnded() === 'expired' && <Notice kind="word">{t('auth.expired')}</Notice>}
      <Card className="p-6 sm:p-8">
        <div ref={card}>{children}</div>
      </Card>
      <p className="text-center text-muted">{below}</p>
    </div>
  );
}
