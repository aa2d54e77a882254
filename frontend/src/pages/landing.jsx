import { useEffect, useRef } from 'react';
import { ButtonLink } from 'components/Button.jsx';
import { useTitle } from 'hooks/use-page.js';
import { t } from 'lib/i18n.js';

/** The couple, dancing without sound; still for whoever wants less motion. */
function Couple() {
  const video = useRef(null);
  useEffect(() => {
    const isCalm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (!isCalm) video.current.play()?.catch(() => {});
  }, []);
  return (
    <div className="overflow-hidden rounded-lg bg-stage shadow-lift">
      <video
        ref={video}
        muted
        loop
        playsInline
        preload="none"
        width="960"
        height="540"
        poster="/media/couple.webp"
        src="/media/couple.mp4"
        aria-label={t('landing.video')}
        className="aspect-[4/3] w-full object-cover sm:aspect-video"
      />
    </div>
  );
}

function Steps() {
  return (
    <ol role="list" className="mt-16 grid gap-10 sm:mt-24 md:grid-cols-3">
      {[1, 2, 3].map((count) => (
        <li key={count} className="flex flex-col gap-2">
          <span aria-hidden="true" className="font-display text-4xl text-brass-text">
            {count}
          </span>
          <h2 className="text-xl">{t(`landing.step${count}.title`)}</h2>
          <p className="text-muted">{t(`landing.step${count}.text`)}</p>
        </li>
      ))}
    </ol>
  );
}

/** What Bachata Buddy does, and one button. */
export function Page() {
  useTitle('');
  return (
    <div className="mx-auto w-full max-w-page px-4 pt-4 sm:px-6 sm:pt-12">
      <div className="grid items-center gap-8 lg:grid-cols-[5fr_6fr] lg:gap-14">
        <div className="flex flex-col items-start gap-6">
          <h1 className="text-4xl">{t('landing.title')}</h1>
          <p className="max-w-reading text-lg text-muted">{t('landing.text')}</p>
          <ButtonLink to="/generate" size="large">
            {t('landing.action')}
          </ButtonLink>
        </div>
        <Couple />
      </div>
      <Steps />
    </div>
  );
}
