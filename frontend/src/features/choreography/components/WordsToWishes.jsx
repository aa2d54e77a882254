import { useRef, useState } from 'react';
import { Button } from 'components/Button.jsx';
import { useField, CONTROL } from 'components/Field.jsx';
import { Icon } from 'components/Icon.jsx';
import { t } from 'lib/i18n.js';
import { sentenceOf } from 'lib/sentences.js';
import { parseQuery } from '../api.js';

/** Return the part of an understood sentence that is a wish; null where it says nothing. */
export function understoodParts({ difficulty, energy_level: energy, style }) {
  const parts = Object.entries({ difficulty, energy, style });
  return Object.fromEntries(parts.filter(([, value]) => value));
}

/** A chip of what was understood; it can be taken back. */
function Chip({ group, value, onRemove }) {
  const text = t(`${group}.${value}`);
  return (
    <li>
      <button
        type="button"
        onClick={onRemove}
        aria-label={t('words.forget', { what: text })}
        className="inline-flex min-h-thumb items-center gap-2 rounded-full bg-brass px-4 text-sm font-semibold text-on-brass"
      >
        {text}
        <Icon name="close" className="size-4" />
      </button>
    </li>
  );
}

/** Describe it in one's own words; what is understood becomes chips, and sets the wishes below. */
export function WordsToWishes({ words, onWords, wishes, onWishes }) {
  const [understood, setUnderstood] = useState(null);
  const [problem, setProblem] = useState(null);
  const [isAsking, setAsking] = useState(false);
  const { id, control } = useField({ hint: true, error: problem });
  const input = useRef(null);

  const ask = async () => {
    if (!words.trim()) return input.current.focus();
    setAsking(true);
    setProblem(null);
    try {
      const answer = await parseQuery(words.trim());
      const parts = understoodParts(answer);
      setUnderstood({ parts, explanation: answer.explanation });
      onWishes(parts);
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setAsking(false);
    }
  };

  const chips = Object.entries(understood?.parts ?? {}).filter(
    ([group, value]) => wishes[group] === value,
  );
  return (
    <div className="flex flex-col gap-3">
      <label htmlFor={id} className="font-display text-xl font-semibold">
        {t('words.label')}
      </label>
      <div className="flex flex-wrap gap-3">
        <input
          ref={input}
          {...control}
          dir="auto"
          value={words}
          maxLength={500}
          placeholder={t('words.example')}
          onChange={(event) => onWords(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            ask();
          }}
          className={`${CONTROL} min-w-48 flex-1`}
        />
        <Button variant="secondary" busy={isAsking} onClick={ask}>
          {t('words.ask')}
        </Button>
      </div>
      <div role="status" id={`${id}-hint`} className="text-sm text-muted">
        {understood ? <bdi>{understood.explanation}</bdi> : t('words.hint')}
      </div>
      {problem && (
        <p id={`${id}-error`} className="text-sm text-ember-text">
          {problem}
        </p>
      )}
      {chips.length > 0 && (
        <ul role="list" aria-label={t('words.understood')} className="flex flex-wrap gap-2">
          {chips.map(([group, value]) => (
            <Chip
              key={group}
              group={group}
              value={value}
              onRemove={() => onWishes({ [group]: group === 'difficulty' ? 'beginner' : '' })}
            />
          ))}
        </ul>
      )}
    </div>
  );
}
