import { lazy, Suspense, useCallback } from 'react';
import { LoadError, Notice } from 'components/Notice.jsx';
import { useLoad } from 'hooks/use-load.js';
import { siteUrl } from 'lib/api.js';
import { fileName } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { getTimeline } from '../api.js';

const PracticePlayer = lazy(async () => ({
  default: (await import('features/player/index.js')).PracticePlayer,
}));

/** The empty stage, where the player will be and as high as a window: nothing after it moves. */
function Curtain({ posterUrl }) {
  return (
    <div className="min-h-screen lg:pe-[21rem]">
      <div className="aspect-video w-full overflow-hidden rounded-t-lg bg-stage">
        {posterUrl && (
          <img src={siteUrl(posterUrl)} alt="" className="size-full object-cover opacity-60" />
        )}
      </div>
      <div className="h-72 rounded-b-lg bg-stage" />
    </div>
  );
}

/**
 * A choreography to practise: its timeline is loaded, then the player.
 *
 * `renew()` returns a video link that works, for when this one has expired. Old choreographies
 * have no timeline and play without counts and loops.
 */
export function Stage({ taskId, title, videoUrl, posterUrl, renew }) {
  const load = useCallback(
    async (signal) => (taskId ? getTimeline(taskId, { signal }) : null),
    [taskId],
  );
  const { data: timeline, error, isLoading, reload } = useLoad(load);
  const onExpired = useCallback(async () => siteUrl(await renew()), [renew]);

  if (!videoUrl) return <Notice kind="word">{t('stage.noVideo')}</Notice>;
  if (isLoading && !timeline) return <Curtain posterUrl={posterUrl} />;
  if (error?.isPassing) return <LoadError error={error} onRetry={reload} />;
  return (
    <section className="flex flex-col gap-3">
      <h2 className="sr-only">{t('stage.title')}</h2>
      <Suspense fallback={<Curtain posterUrl={posterUrl} />}>
        <PracticePlayer
          timeline={timeline}
          videoUrl={siteUrl(videoUrl)}
          posterUrl={siteUrl(posterUrl)}
          title={title}
          downloadName={fileName(title, 'mp4')}
          onExpired={onExpired}
          storageKey={taskId ?? title}
        />
      </Suspense>
      {!timeline && <Notice kind="word">{t('stage.noTimeline')}</Notice>}
    </section>
  );
}
