import { useCallback, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Button, ButtonLink } from 'components/Button.jsx';
import { EmptyState, LoadError } from 'components/Notice.jsx';
import { Pager } from 'components/Pager.jsx';
import { SearchField } from 'components/SearchField.jsx';
import { Select } from 'components/Select.jsx';
import { PageSpinner } from 'components/Spinner.jsx';
import { difficultyOptions } from 'features/choreography/words.js';
import { listSaved } from 'features/collections/api.js';
import { SavedCard } from 'features/collections/components/SavedCard.jsx';
import { Statistics } from 'features/collections/components/Statistics.jsx';
import { useRemovals } from 'features/collections/removals.js';
import { useLater } from 'hooks/use-later.js';
import { useLoad } from 'hooks/use-load.js';
import { useTitle } from 'hooks/use-page.js';
import { t } from 'lib/i18n.js';

const PAGE_SIZE = 12;
const NEWEST = '-created_at';
const ORDERS = [NEWEST, 'created_at', 'title', 'difficulty', '-duration'];

/** Hold what is looked for in the address, so that going back finds it again. */
function useFilters() {
  const [params, setParams] = useSearchParams();
  const filters = {
    search: params.get('search') ?? '',
    difficulty: params.get('difficulty') ?? '',
    ordering: ORDERS.includes(params.get('ordering')) ? params.get('ordering') : NEWEST,
    page: Math.max(1, Number(params.get('page')) || 1),
  };
  const change = (part) => {
    const next = { ...filters, page: 1, ...part };
    if (next.ordering === NEWEST) next.ordering = '';
    if (next.page === 1) next.page = '';
    const given = Object.entries(next).filter(([, value]) => value);
    setParams(Object.fromEntries(given), { replace: !('page' in part) });
  };
  return [filters, change];
}

function useSaved(filters) {
  const { search, difficulty, ordering, page } = filters;
  const { done } = useRemovals();
  const load = useCallback(
    (signal) => listSaved({ search, difficulty, ordering, page, pageSize: PAGE_SIZE, signal }),
    // What has been removed is asked for again, so that counts and pages are right.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [search, difficulty, ordering, page, done],
  );
  return useLoad(load);
}

function Filters({ filters, change }) {
  const [text, setText] = useState(filters.search);
  const rested = useLater(text.trim());
  useEffect(() => {
    if (rested !== filters.search) change({ search: rested });
    // Only typing searches; going back changes the address without typing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rested]);
  return (
    <div role="search" className="my-6 flex flex-wrap items-end gap-3">
      <SearchField label={t('collection.search')} value={text} onChange={setText} />
      <div className="min-w-36 flex-1 sm:max-w-48">
        <Select
          label={t('generate.difficulty')}
          value={filters.difficulty}
          onChange={(event) => change({ difficulty: event.target.value })}
          options={[['', t('collection.all')], ...difficultyOptions()]}
        />
      </div>
      <div className="min-w-36 flex-1 sm:max-w-56">
        <Select
          label={t('collection.order')}
          value={filters.ordering}
          onChange={(event) => change({ ordering: event.target.value })}
          options={ORDERS.map((each) => [each, t(`order.${each}`)])}
        />
      </div>
    </div>
  );
}

function Empty() {
  return (
    <EmptyState
      title={t('collection.empty')}
      action={<ButtonLink to="/generate">{t('landing.action')}</ButtonLink>}
    >
      {t('collection.emptyText')}
    </EmptyState>
  );
}

function Found({ saved, filters, change }) {
  const { isLeaving } = useRemovals();
  const items = saved.data.results.filter(({ id }) => !isLeaving(id));
  if (!saved.data.count) {
    return (
      <EmptyState
        title={t('collection.noneFound')}
        action={
          <Button variant="secondary" onClick={() => change({ search: '', difficulty: '' })}>
            {t('collection.clear')}
          </Button>
        }
      >
        {t('collection.noneFoundText')}
      </EmptyState>
    );
  }
  return (
    <>
      {!items.length && <p className="py-12 text-center text-muted">{t('collection.pageEmpty')}</p>}
      <ul
        role="list"
        aria-busy={saved.isLoading}
        className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,16rem),1fr))] gap-x-6 gap-y-9"
      >
        {items.map((item) => (
          <SavedCard key={item.id} item={item} />
        ))}
      </ul>
      <Pager
        page={filters.page}
        pageSize={PAGE_SIZE}
        count={saved.data.count}
        onPage={(page) => {
          change({ page });
          window.scrollTo(0, 0);
        }}
      />
    </>
  );
}

/** Everything that was kept. */
export function Page() {
  useTitle(t('nav.collection'));
  const [filters, change] = useFilters();
  const [clears, setClears] = useState(0);
  const saved = useSaved(filters);
  const isFiltered = Boolean(filters.search || filters.difficulty);
  const isEmpty = saved.data?.count === 0 && !isFiltered;
  const clear = (part) => {
    change(part);
    setClears(clears + 1);
  };
  return (
    <div className="mx-auto w-full max-w-page px-4 py-6 sm:px-6 sm:py-10">
      <h1 className="mb-2 text-3xl">{t('collection.title')}</h1>
      {!isEmpty && <Statistics />}
      {!isEmpty && <Filters key={clears} filters={filters} change={change} />}
      {saved.error && <LoadError error={saved.error} onRetry={saved.reload} />}
      {!saved.data && !saved.error && <PageSpinner />}
      {isEmpty && <Empty />}
      {saved.data && !isEmpty && !saved.error && (
        <Found saved={saved} filters={filters} change={clear} />
      )}
    </div>
  );
}
