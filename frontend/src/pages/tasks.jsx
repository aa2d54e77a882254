import { useCallback, useEffect } from 'react';
import { Link, useSearchParams } from 'react-router-dom';
import { ButtonLink } from 'components/Button.jsx';
import { EmptyState, LoadError } from 'components/Notice.jsx';
import { Pager } from 'components/Pager.jsx';
import { Poster } from 'components/Poster.jsx';
import { PageSpinner } from 'components/Spinner.jsx';
import { listTasks } from 'features/choreography/api.js';
import { ProgressBar } from 'components/ProgressBar.jsx';
import { waitWords } from 'features/choreography/components/Progress.jsx';
import { hasEnded, wishWords } from 'features/choreography/words.js';
import { useLoad } from 'hooks/use-load.js';
import { useTitle } from 'hooks/use-page.js';
import { ago } from 'lib/format.js';
import { t } from 'lib/i18n.js';

const PAGE_SIZE = 10;
const LOOK_AGAIN_MS = 4000;

function stateWords(task) {
  if (task.status === 'completed') return t('task.isReady');
  if (task.phase === 'cancelled') return t('task.wasCancelled');
  if (task.status === 'failed') return t('task.failed');
  return waitWords(task);
}

function Row({ task }) {
  const isLive = !hasEnded(task);
  return (
    <li>
      <Link
        to={`/tasks/${task.task_id}`}
        className="flex items-center gap-4 rounded-lg bg-surface p-3 no-underline shadow-rest transition hover:bg-raised sm:gap-6"
      >
        <Poster url={task.result?.thumbnail_url} className="w-28 shrink-0 rounded sm:w-40" />
        <span className="flex min-w-0 grow flex-col gap-1">
          <span dir="auto" className="line-clamp-2 font-display text-lg font-semibold">
            {task.song?.title ?? t('task.untitled')}
          </span>
          <span className="text-sm text-muted">
            {task.parameters && `${wishWords(task.parameters)} · `}
            {ago(task.created_at)}
          </span>
          <span className={task.status === 'failed' ? 'text-sm text-ember-text' : 'text-sm'}>
            {stateWords(task)}
          </span>
          {isLive && <ProgressBar percent={task.progress} label={t('task.progress')} />}
        </span>
      </Link>
    </li>
  );
}

/** Look again while something is being made and the page is seen; a failed look changes nothing. */
function useLookAgain(tasks, reload) {
  const isLive = tasks?.results.some((task) => !hasEnded(task));
  useEffect(() => {
    if (!isLive) return undefined;
    const timer = setInterval(() => document.hidden || reload(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isLive, reload]);
}

/** What is being made, and what was. */
export function Page() {
  useTitle(t('nav.tasks'));
  const [search, setSearch] = useSearchParams();
  const page = Math.max(1, Number(search.get('page')) || 1);
  const load = useCallback((signal) => listTasks({ page, pageSize: PAGE_SIZE, signal }), [page]);
  const { data, error, reload } = useLoad(load);
  useLookAgain(data, reload);

  if (!data && error) return <LoadError as="h1" error={error} onRetry={reload} />;
  if (!data) return <PageSpinner />;
  if (!data.count) {
    return (
      <EmptyState
        as="h1"
        title={t('tasks.empty')}
        action={<ButtonLink to="/generate">{t('landing.action')}</ButtonLink>}
      >
        {t('tasks.emptyText')}
      </EmptyState>
    );
  }
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-6 sm:py-10">
      <h1 className="mb-6 text-3xl">{t('tasks.title')}</h1>
      <ul role="list" className="flex flex-col gap-3">
        {data.results.map((task) => (
          <Row key={task.task_id} task={task} />
        ))}
      </ul>
      <Pager
        page={page}
        pageSize={PAGE_SIZE}
        count={data.count}
        onPage={(next) => setSearch({ page: next })}
      />
    </div>
  );
}
