import { useCallback, useEffect, useId, useState } from 'react';
import { Button } from 'components/Button.jsx';
import { classNames } from 'components/class-names.js';
import { Icon } from 'components/Icon.jsx';
import { LoadError } from 'components/Notice.jsx';
import { Pager } from 'components/Pager.jsx';
import { SearchField } from 'components/SearchField.jsx';
import { Spinner } from 'components/Spinner.jsx';
import { useLater } from 'hooks/use-later.js';
import { useLoad } from 'hooks/use-load.js';
import { clock, number } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { listSongs } from '../api.js';
import { UploadSong } from './UploadSong.jsx';
import { useListening } from './use-listening.js';

const PAGE_SIZE = 6;

function factsOf(song) {
  const facts = [];
  if (song.duration_s) facts.push(clock(song.duration_s));
  if (song.tempo_bpm) facts.push(t('song.bpm', { bpm: number(song.tempo_bpm) }));
  if (song.is_own) facts.push(t('song.own'));
  return facts.join(' · ');
}

const ROW =
  'flex min-h-16 grow cursor-pointer items-center gap-3 rounded border-2 border-transparent px-4 py-2.5 transition ' +
  'hover:bg-raised peer-checked:border-brass peer-checked:bg-raised ' +
  'peer-focus-visible:outline peer-focus-visible:outline-[3px] peer-focus-visible:outline-focus';

function SongRow({ song, name, isChosen, onChoose, isPlaying, onListen }) {
  return (
    <li className="flex items-stretch gap-1">
      <label className="relative flex min-w-0 grow">
        <input
          type="radio"
          name={name}
          value={song.id}
          checked={isChosen}
          onChange={() => onChoose(song)}
          className="peer absolute inset-0 cursor-pointer opacity-0"
        />
        <span className={ROW}>
          <Icon
            name={isChosen ? 'check' : 'note'}
            className={classNames('size-6', isChosen ? 'text-brass-text' : 'text-muted')}
          />
          <span className="min-w-0 grow">
            <span dir="auto" className="line-clamp-2 font-semibold">
              {song.title}
            </span>
            <span className="block text-sm text-muted">
              <bdi>{song.artist}</bdi>
              {song.artist && factsOf(song) && ' · '}
              {factsOf(song)}
            </span>
          </span>
        </span>
      </label>
      <Button
        variant="quiet"
        aria-pressed={isPlaying}
        aria-label={t('song.listen', { title: song.title })}
        onClick={() => onListen(song.id)}
        className="!px-3.5"
      >
        <Icon name={isPlaying ? 'pause' : 'play'} solid={!isPlaying} />
      </Button>
    </li>
  );
}

function useSongs(search, page) {
  const rested = useLater(search.trim());
  const load = useCallback(
    (signal) => listSongs({ search: rested, page, pageSize: PAGE_SIZE, signal }),
    [rested, page],
  );
  return useLoad(load);
}

function NoSongs({ search }) {
  return (
    <p className="px-4 py-8 text-center text-muted">
      {search ? t('song.noneFound', { search }) : t('song.none')}
    </p>
  );
}

/** Choose a song of the library, listen to it, or bring one's own. */
export function SongChoice({ chosen, onChoose, error }) {
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(1);
  const [isUploading, setUploading] = useState(false);
  const songs = useSongs(search, page);
  const { listeningTo, listen, stop } = useListening();
  const name = useId();
  const results = songs.data?.results;

  // One tap fewer for the newcomer: the first song is chosen until another is.
  useEffect(() => {
    if (!chosen && results?.length) onChoose(results[0]);
  }, [chosen, results, onChoose]);

  const take = (song) => {
    onChoose(song);
    setUploading(false);
    setSearch('');
    setPage(1);
    songs.reload();
  };

  return (
    <fieldset className="min-w-0">
      <legend className="mb-3 font-display text-xl font-semibold">{t('song.choose')}</legend>
      <div className="mb-3 flex flex-wrap gap-3">
        <SearchField
          label={t('song.search')}
          value={search}
          onChange={(text) => {
            setSearch(text);
            setPage(1);
          }}
        />
        <Button
          variant="secondary"
          aria-expanded={isUploading}
          onClick={() => setUploading(!isUploading)}
        >
          <Icon name="upload" />
          {t('song.bring')}
        </Button>
      </div>
      {error && (
        <p role="alert" className="mb-3 text-sm text-ember-text">
          {error}
        </p>
      )}
      {isUploading && <UploadSong onUploaded={take} onCancel={() => setUploading(false)} />}
      {songs.error && !songs.data && <LoadError error={songs.error} onRetry={songs.reload} />}
      {!songs.data && !songs.error && (
        <div className="flex min-h-[14rem] items-center justify-center text-brass-text">
          <Spinner />
        </div>
      )}
      {results && !results.length && <NoSongs search={search} />}
      {results?.length > 0 && (
        // As high as what waited for it: the wishes below do not jump.
        <ul role="list" className="flex min-h-[14rem] flex-col gap-1">
          {results.map((song) => (
            <SongRow
              key={song.id}
              song={song}
              name={name}
              isChosen={chosen?.id === song.id}
              onChoose={(one) => {
                stop();
                onChoose(one);
              }}
              isPlaying={listeningTo === song.id}
              onListen={listen}
            />
          ))}
        </ul>
      )}
      {songs.data && (
        <Pager page={page} pageSize={PAGE_SIZE} count={songs.data.count} onPage={setPage} />
      )}
    </fieldset>
  );
}
