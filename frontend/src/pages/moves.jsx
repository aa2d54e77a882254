import { useCallback, useEffect, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { Button } from 'components/Button.jsx';
import { EmptyState, LoadError } from 'components/Notice.jsx';
import { SearchField } from 'components/SearchField.jsx';
import { Select } from 'components/Select.jsx';
import { PageSpinner } from 'components/Spinner.jsx';
import { difficultyOptions, energyOptions } from 'features/choreography/words.js';
import { moveWords } from 'features/collections/components/Statistics.jsx';
import { searchMoves } from 'features/moves/api.js';
import { ChosenMove } from 'features/moves/components/ChosenMove.jsx';
import { MoveCard } from 'features/moves/components/MoveCard.jsx';
import { useRenewal } from 'features/moves/use-renewal.js';
import { useLater } from 'hooks/use-later.js';
import { useLoad } from 'hooks/use-load.js';
import { useTitle } from 'hooks/use-page.js';
import { t } from 'lib/i18n.js';

const NAMES = ['q', 'kind', 'difficulty', 'energy'];

/** Hold the filters in the address; the one move somebody came for goes with the first filter. */
function useFilters() {
  const [params, setParams] = useSearchParams();
  const filters = Object.fromEntries(NAMES.map((name) => [name, params.get(name) ?? '']));
  const change = (part) => {
    const given = Object.entries({ ...filters, ...part }).filter(([, value]) => value);
    setParams(Object.fromEntries(given), { replace: true });
  };
  return [filters, change, params.get('clip')];
}

function useMoves({ q, kind, difficulty, energy }) {
  const load = useCallback(
    (signal) => searchMoves({ q, moveLabel: kind, difficulty, energyLevel: energy, signal }),
    [q, kind, difficulty, energy],
  );
  return useLoad(load);
}

/** Return the kinds there are, as options; from a list asked for without filters. */
function useKinds() {
  const load = useCallback((signal) => searchMoves({ signal }), []);
  const { data } = useLoad(load);
  return useMemo(() => {
    const kinds = new Set((data?.results ?? []).map((move) => move.move_label));
    return [...kinds].sort().map((kind) => [kind, moveWords(kind)]);
  }, [data]);
}

function Filters({ filters, change }) {
  const kinds = useKinds();
  const [text, setText] = useState(filters.q);
  const rested = useLater(text.trim());
  useEffect(() => {
    if (rested !== filters.q) change({ q: rested });
    // Only typing searches; going back changes the address without typing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [rested]);
  const selects = [
    ['kind', t('moves.kind'), [['', t('moves.allKinds')], ...kinds]],
    ['difficulty', t('generate.difficulty'), [['', t('collection.all')], ...difficultyOptions()]],
    ['energy', t('generate.energy'), [['', t('collection.all')], ...energyOptions().slice(1)]],
  ];
  return (
    <div role="search" className="my-6 flex flex-wrap items-end gap-3">
      <SearchField label={t('moves.search')} value={text} onChange={setText} />
      {selects.map(([name, label, options]) => (
        <div key={name} className="min-w-36 flex-1 sm:max-w-48">
          <Select
            label={label}
            value={filters[name]}
            onChange={(event) => change({ [name]: event.target.value })}
            options={options}
          />
        </div>
      ))}
    </div>
  );
}

function Found({ moves, clear }) {
  const renew = useRenewal(moves.reload);
  if (!moves.data.results.length) {
    return (
      <EmptyState
        title={t('moves.noneFound')}
        action={
          <Button variant="secondary" onClick={clear}>
            {t('collection.clear')}
          </Button>
        }
      >
        {t('moves.noneFoundText')}
      </EmptyState>
    );
  }
  return (
    <ul
      role="list"
      aria-busy={moves.isLoading}
      className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,15rem),1fr))] gap-x-6 gap-y-8"
    >
      {moves.data.results.map((move) => (
        <MoveCard key={move.clip_id} move={move} onBroken={renew} />
      ))}
    </ul>
  );
}

/** The library of moves, to look through. */
export function Page() {
  useTitle(t('nav.moves'));
  const [filters, change, clipId] = useFilters();
  const [clears, setClears] = useState(0);
  const moves = useMoves(filters);
  const clear = () => {
    change({ q: '', kind: '', difficulty: '', energy: '' });
    setClears(clears + 1);
  };
  return (
    <div className="mx-auto w-full max-w-page px-4 py-6 sm:px-6 sm:py-10">
      <h1 className="mb-2 text-3xl">{t('moves.title')}</h1>
      <p className="max-w-reading text-muted">{t('moves.text')}</p>
      {clipId && <ChosenMove clipId={clipId} onClose={clear} />}
      <Filters key={clears} filters={filters} change={change} />
      {moves.error && <LoadError error={moves.error} onRetry={moves.reload} />}
      {!moves.data && !moves.error && <PageSpinner />}
      {moves.data && !moves.error && <Found moves={moves} clear={clear} />}
    </div>
  );
}
