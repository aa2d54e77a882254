import { useCallback, useEffect, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { BackLink } from 'components/BackLink.jsx';
import { Button, ButtonLink } from 'components/Button.jsx';
import { Card } from 'components/Card.jsx';
import { EmptyState, LoadError, Notice } from 'components/Notice.jsx';
import { PageSpinner } from 'components/Spinner.jsx';
import { say } from 'components/Toast.jsx';
import { cancelTask, getTask, retryTask } from 'features/choreography/api.js';
import { ProgressBar } from 'components/ProgressBar.jsx';
import { Steps, waitWords } from 'features/choreography/components/Progress.jsx';
import { Stage } from 'features/choreography/components/Stage.jsx';
import { useTask } from 'features/choreography/use-task.js';
import { wishWords } from 'features/choreography/words.js';
import { saveTask } from 'features/collections/api.js';
import { useKey } from 'hooks/use-key.js';
import { useTitle } from 'hooks/use-page.js';
import { t } from 'lib/i18n.js';
import { sentenceOf } from 'lib/sentences.js';

const titleOf = (task) => task?.song?.title ?? t('task.untitled');

function Heading({ task }) {
  return (
    <div className="flex flex-col gap-1">
      <h1 dir="auto" className="text-3xl">
        {titleOf(task)}
      </h1>
      <p className="text-muted">
        {task.song?.artist && <bdi>{task.song.artist}</bdi>}
        {task.song?.artist && task.parameters && ' · '}
        {task.parameters && wishWords(task.parameters)}
      </p>
    </div>
  );
}

/** Run something once at a time; errors become a toast. */
function useAction(action) {
  const [isBusy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    try {
      await action();
    } catch (error) {
      say(sentenceOf(error), { kind: 'error' });
    } finally {
      setBusy(false);
    }
  };
  return [run, isBusy];
}

function Working({ task, error, setTask, restart }) {
  const [cancel, isCancelling] = useAction(async () => {
    try {
      setTask(await cancelTask(task.task_id));
    } catch (caught) {
      if (caught.status !== 409) throw caught;
      restart(); // it was finished in the meantime
    }
  });
  return (
    <div className="mx-auto flex w-full max-w-reading flex-col gap-8">
      <Heading task={task} />
      <Card className="flex flex-col gap-7 p-6 sm:p-8">
        <div className="flex flex-col gap-3">
          <div className="flex items-baseline justify-between gap-4">
            <p role="status" className="text-muted">
              {waitWords(task)}
            </p>
            <p className="font-display text-2xl tabular-nums">{task.progress} %</p>
          </div>
          <ProgressBar percent={task.progress} label={t('task.progress')} />
        </div>
        <Steps task={task} isWorking={!error} />
        {error && <Notice kind="word">{t('task.lostTouch')}</Notice>}
      </Card>
      <div className="flex flex-wrap items-center justify-between gap-4">
        <p className="text-sm text-muted">{t('task.mayLeave')}</p>
        <Button variant="danger" onClick={cancel} busy={isCancelling}>
          {t('task.cancel')}
        </Button>
      </div>
    </div>
  );
}

function Failed({ task }) {
  const navigate = useNavigate();
  const keyFor = useKey();
  const wasCancelled = task.phase === 'cancelled';
  const [retry, isRetrying] = useAction(async () => {
    const id = await retryTask(task.task_id, keyFor(task.task_id));
    keyFor.done();
    navigate(`/tasks/${id}`);
  });
  return (
    <div className="mx-auto flex w-full max-w-reading flex-col gap-8">
      <Heading task={task} />
      <Card className="flex flex-col items-start gap-5 p-6 sm:p-8">
        <h2 className="text-xl">{t(wasCancelled ? 'task.wasCancelled' : 'task.failed')}</h2>
        <p className="text-muted">{wasCancelled ? t('task.wasCancelledText') : task.error}</p>
        <div className="flex flex-wrap gap-3">
          {task.parameters && (
            <Button onClick={retry} busy={isRetrying}>
              {t('task.retry')}
            </Button>
          )}
          <ButtonLink to="/generate" variant="secondary">
            {t('task.other')}
          </ButtonLink>
        </div>
      </Card>
    </div>
  );
}

function Keeping({ task, setTask }) {
  const keyFor = useKey();
  const savedId = task.result.saved_choreography_id;
  const [save, isSaving] = useAction(async () => {
    const saved = await saveTask({ taskId: task.task_id }, keyFor(task.task_id));
    setTask({ ...task, result: { ...task.result, saved_choreography_id: saved.id } });
    say(t('task.saved'));
  });
  if (!savedId) {
    return (
      <Button onClick={save} busy={isSaving}>
        {t('task.save')}
      </Button>
    );
  }
  return <ButtonLink to={`/collections/${savedId}`}>{t('task.openSaved')}</ButtonLink>;
}

function Finished({ task, setTask }) {
  const id = task.task_id;
  const renew = useCallback(async () => (await getTask(id)).result.video_url, [id]);
  return (
    <div className="flex flex-col gap-6">
      <Heading task={task} />
      <Stage
        taskId={id}
        title={titleOf(task)}
        videoUrl={task.result.video_url}
        posterUrl={task.result.thumbnail_url}
        renew={renew}
      />
      <div className="flex flex-wrap items-center gap-3">
        <Keeping task={task} setTask={setTask} />
        <ButtonLink to="/generate" variant="secondary">
          {t('task.another')}
        </ButtonLink>
      </div>
    </div>
  );
}

/** Say that it is ready, to whoever waited for it. */
function useReadyWord(status) {
  const before = useRef(status);
  useEffect(() => {
    if (before.current === 'running' && status === 'completed') say(t('task.isReady'));
    before.current = status;
  }, [status]);
}

function View({ id }) {
  const { task, error, restart, setTask } = useTask(id);
  useReadyWord(task?.status);
  useTitle(task ? titleOf(task) : t('nav.tasks'));
  if (!task && error?.status === 404) {
    return (
      <EmptyState
        as="h1"
        title={t('task.missing')}
        action={<ButtonLink to="/tasks">{t('task.all')}</ButtonLink>}
      >
        {t('error.404')}
      </EmptyState>
    );
  }
  if (!task && error) return <LoadError as="h1" error={error} onRetry={restart} />;
  if (!task) return <PageSpinner />;
  if (task.status === 'completed' && task.result) return <Finished {...{ task, setTask }} />;
  if (task.status === 'failed') return <Failed task={task} />;
  return <Working {...{ task, error, setTask, restart }} />;
}

/** One choreography on its way, and then on stage. */
export function Page() {
  const { id } = useParams();
  return (
    <div className="mx-auto w-full max-w-page px-4 py-6 sm:px-6 sm:py-10">
      <BackLink to="/tasks">{t('task.all')}</BackLink>
      <View key={id} id={id} />
    </div>
  );
}
