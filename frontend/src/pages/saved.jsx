import { useCallback, useState } from 'react';
import { useNavigate, useParams } from 'react-router-dom';
import { BackLink } from 'components/BackLink.jsx';
import { Button, ButtonLink } from 'components/Button.jsx';
import { Icon } from 'components/Icon.jsx';
import { Modal } from 'components/Modal.jsx';
import { EmptyState, LoadError } from 'components/Notice.jsx';
import { PageSpinner } from 'components/Spinner.jsx';
import { say } from 'components/Toast.jsx';
import { Stage } from 'features/choreography/components/Stage.jsx';
import { getSaved } from 'features/collections/api.js';
import { EditSaved } from 'features/collections/components/EditSaved.jsx';
import { removeLater } from 'features/collections/removals.js';
import { useLoad } from 'hooks/use-load.js';
import { useTitle } from 'hooks/use-page.js';
import { clock, day, number } from 'lib/format.js';
import { t } from 'lib/i18n.js';

function Facts({ item }) {
  const facts = [t(`difficulty.${item.difficulty}`), clock(item.duration)];
  if (item.tempo_bpm) facts.push(t('song.bpm', { bpm: number(item.tempo_bpm) }));
  facts.push(day(item.created_at));
  return <p className="text-muted">{facts.join(' · ')}</p>;
}

function Actions({ item, onEdit }) {
  const navigate = useNavigate();
  const remove = () => {
    removeLater(item);
    navigate('/collections');
  };
  return (
    <div className="flex flex-wrap gap-2">
      <Button variant="secondary" onClick={onEdit}>
        <Icon name="pencil" />
        {t('saved.edit')}
      </Button>
      <Button variant="danger" onClick={remove}>
        <Icon name="trash" />
        {t('saved.remove')}
      </Button>
    </div>
  );
}

function View({ saved, setSaved, reload }) {
  const { data: item, etag } = saved;
  const [isEditing, setEditing] = useState(false);
  const renew = useCallback(async () => (await getSaved(item.id)).data.video_url, [item.id]);
  const onSaved = (data, newer) => {
    setSaved({ data, etag: newer });
    setEditing(false);
    say(t('saved.isSaved'));
  };
  return (
    <div className="flex flex-col gap-6">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <div className="flex min-w-0 flex-col gap-1">
          <h1 dir="auto" className="text-3xl">
            {item.title}
          </h1>
          <Facts item={item} />
        </div>
        <Actions item={item} onEdit={() => setEditing(true)} />
      </div>
      <Stage
        taskId={item.timeline_url && item.task_id}
        title={item.title}
        videoUrl={item.video_url}
        posterUrl={item.thumbnail_url}
        renew={renew}
      />
      {item.notes && (
        <section className="max-w-reading">
          <h2 className="mb-1 text-xl">{t('saved.notes')}</h2>
          <p dir="auto" className="whitespace-pre-line text-muted">
            {item.notes}
          </p>
        </section>
      )}
      <Modal title={t('saved.edit')} isOpen={isEditing} onClose={() => setEditing(false)}>
        <EditSaved
          item={item}
          etag={etag}
          onSaved={onSaved}
          onReload={reload}
          onCancel={() => setEditing(false)}
        />
      </Modal>
    </div>
  );
}

function Loaded({ id }) {
  const load = useCallback((signal) => getSaved(id, { signal }), [id]);
  const { data: saved, error, reload, setData } = useLoad(load);
  const refresh = useCallback(async () => setData(await getSaved(id)), [id, setData]);
  useTitle(saved?.data.title ?? t('nav.collection'));
  if (!saved && error?.status === 404) {
    return (
      <EmptyState
        as="h1"
        title={t('saved.missing')}
        action={<ButtonLink to="/collections">{t('saved.all')}</ButtonLink>}
      >
        {t('error.404')}
      </EmptyState>
    );
  }
  if (!saved && error) return <LoadError as="h1" error={error} onRetry={reload} />;
  if (!saved) return <PageSpinner />;
  return <View saved={saved} setSaved={setData} reload={refresh} />;
}

/** One saved choreography: practise, edit, remove. */
export function Page() {
  const { id } = useParams();
  return (
    <div className="mx-auto w-full max-w-page px-4 py-6 sm:px-6 sm:py-10">
      <BackLink to="/collections">{t('saved.all')}</BackLink>
      <Loaded key={id} id={id} />
    </div>
  );
}
