import { useState } from 'react';
import { Button } from 'components/Button.jsx';
import { Choice } from 'components/Choice.jsx';
import { Input, TextArea } from 'components/Input.jsx';
import { Notice } from 'components/Notice.jsx';
import { difficultyOptions } from 'features/choreography/words.js';
import { useForm } from 'hooks/use-form.js';
import { t } from 'lib/i18n.js';
import { reviseSaved } from '../api.js';

const FIELDS = ['title', 'difficulty', 'notes'];

/** Return what differs from the item. */
export const changesTo = (item, values) =>
  Object.fromEntries(
    FIELDS.filter((name) => values[name] !== item[name]).map((name) => [name, values[name]]),
  );

const check = ({ title }) => (title.trim() ? {} : { title: t('saved.needTitle') });

/**
 * Change title, difficulty and notes.
 *
 * Where somebody else was first nothing is overwritten: what was typed stays, `onReload` fetches
 * the newer item, and saving again is then a choice.
 */
export function EditSaved({ item, etag, onSaved, onReload, onCancel }) {
  const [isStale, setStale] = useState(false);
  const send = async (values) => {
    const changes = changesTo(item, values);
    if (!Object.keys(changes).length) return onCancel();
    try {
      const { data, etag: newer } = await reviseSaved(item.id, changes, etag);
      onSaved(data, newer);
    } catch (error) {
      if (error.status !== 412) throw error;
      setStale(true);
      await onReload();
    }
  };
  const form = useForm({
    initial: { title: item.title, difficulty: item.difficulty, notes: item.notes },
    check,
    send,
  });
  return (
    <form {...form.formProps} className="flex flex-col gap-5">
      {isStale && <Notice kind="word">{t('saved.stale', { title: item.title })}</Notice>}
      {form.problem && <Notice>{form.problem}</Notice>}
      <Input label={t('saved.title')} maxLength={200} {...form.field('title')} />
      <Choice
        legend={t('generate.difficulty')}
        value={form.values.difficulty}
        onChange={(difficulty) => form.set('difficulty', difficulty)}
        options={difficultyOptions()}
      />
      <TextArea
        label={t('saved.notes')}
        hint={t('saved.notesHint')}
        maxLength={2000}
        rows={5}
        {...form.field('notes')}
      />
      <div className="flex flex-wrap justify-end gap-3">
        <Button variant="quiet" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" busy={form.isSending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
