import { useCallback, useEffect, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { Button } from 'components/Button.jsx';
import { Card } from 'components/Card.jsx';
import { Choice } from 'components/Choice.jsx';
import { Notice } from 'components/Notice.jsx';
import { generate } from 'features/choreography/api.js';
import { WordsToWishes } from 'features/choreography/components/WordsToWishes.jsx';
import { MoreWishes } from 'features/choreography/components/MoreWishes.jsx';
import { difficultyOptions, energyOptions, styleOptions } from 'features/choreography/words.js';
import { SongChoice } from 'features/songs/components/SongChoice.jsx';
import { useDraft } from 'hooks/use-draft.js';
import { useKey } from 'hooks/use-key.js';
import { useTitle } from 'hooks/use-page.js';
import { useUser } from 'lib/auth.js';
import { t } from 'lib/i18n.js';
import { sentenceOf } from 'lib/sentences.js';

/** Return the body the API wants for a draft. */
export function bodyOf({ song, difficulty, energy, style, camera }) {
  const body = { audio_input: song.audio_input, difficulty };
  if (energy) body.energy_level = energy;
  if (style) body.style = style;
  if (camera === 'change') body.camera = camera;
  return body;
}

function useGenerate(draft, forget) {
  const keyFor = useKey();
  const navigate = useNavigate();
  const [problem, setProblem] = useState({});
  const [isSending, setSending] = useState(false);

  const send = async (event) => {
    event.preventDefault();
    if (isSending) return;
    if (!draft.song) return setProblem({ song: t('song.needed') });
    const body = bodyOf(draft);
    setSending(true);
    setProblem({});
    try {
      const id = await generate(body, keyFor(body));
      keyFor.done();
      forget();
      navigate(`/tasks/${id}`);
    } catch (error) {
      const { audio_input: song } = error.byField ?? {};
      setProblem(song ? { song } : { whole: sentenceOf(error) });
    } finally {
      setSending(false);
    }
  };
  return { send, problem, isSending };
}

function Wishes({ draft, change }) {
  return (
    <Card className="flex flex-col gap-6 p-6 sm:p-8">
      <WordsToWishes
        words={draft.words}
        onWords={(words) => change({ words })}
        wishes={draft}
        onWishes={change}
      />
      <Choice
        legend={t('generate.difficulty')}
        value={draft.difficulty}
        onChange={(difficulty) => change({ difficulty })}
        options={difficultyOptions()}
      />
      <Choice
        legend={t('generate.energy')}
        value={draft.energy}
        onChange={(energy) => change({ energy })}
        options={energyOptions()}
      />
      <Choice
        legend={t('generate.style')}
        value={draft.style}
        onChange={(style) => change({ style })}
        options={styleOptions()}
      />
      <MoreWishes camera={draft.camera} onCamera={(camera) => change({ camera })} />
    </Card>
  );
}

/** Say what one would like to dance. */
export function Page() {
  useTitle(t('nav.generate'));
  const usual = useUser()?.preferences?.default_difficulty ?? 'beginner';
  const [draft, change, forget] = useDraft('generate', {
    words: '',
    song: null,
    difficulty: usual,
    energy: '',
    style: '',
    camera: 'stay',
  });
  const { send, problem, isSending } = useGenerate(draft, forget);
  const chooseSong = useCallback((song) => change({ song }), [change]);
  useEffect(() => {
    // The player comes next; by then its code is here.
    import('features/player/index.js').catch(() => {});
  }, []);

  return (
    <div className="mx-auto w-full max-w-page px-4 py-6 sm:px-6 sm:py-10">
      <h1 className="mb-6 text-3xl sm:mb-8">{t('generate.title')}</h1>
      <form onSubmit={send} noValidate className="grid items-start gap-6 lg:grid-cols-2 lg:gap-8">
        <Card className="p-6 sm:p-8">
          <SongChoice chosen={draft.song} onChoose={chooseSong} error={problem.song} />
        </Card>
        <div className="flex flex-col gap-6">
          <Wishes draft={draft} change={change} />
          {problem.whole && <Notice>{problem.whole}</Notice>}
          <div className="flex flex-wrap items-center justify-end gap-4">
            {draft.song && (
              <p className="min-w-0 text-sm text-muted">
                {t('generate.to')} <bdi className="font-semibold text-ink">{draft.song.title}</bdi>
              </p>
            )}
            <Button type="submit" size="large" busy={isSending} className="w-full sm:w-auto">
              {t('generate.go')}
            </Button>
          </div>
        </div>
      </form>
    </div>
  );
}
