import { useEffect, useRef, useState } from 'react';
import { Button } from 'components/Button.jsx';
import { Field, useField } from 'components/Field.jsx';
import { Input } from 'components/Input.jsx';
import { Notice } from 'components/Notice.jsx';
import { useForm } from 'hooks/use-form.js';
import { useKey } from 'hooks/use-key.js';
import { megabytes } from 'lib/format.js';
import { t } from 'lib/i18n.js';
import { MOST_BYTES, uploadSong } from '../api.js';
import { Sending } from './Sending.jsx';

const TYPES = '.mp3,.m4a,.aac,.ogg,.oga,.opus,.flac,.wav,audio/*';

/** Return a title guessed from a file's name: "02 - la_noche.mp3" is "la noche". */
export function guessTitle(name) {
  const stem = name.replace(/\.[^.]+$/, '').replace(/^\d{1,3}\s*[-._)]\s*/, '');
  return stem
    .replace(/[_\s]+/g, ' ')
    .trim()
    .slice(0, 200);
}

/** Return errors by field. */
export function checkUpload({ file, title }) {
  const errors = {};
  if (!file) errors.file = t('upload.needFile');
  else if (file.size > MOST_BYTES) {
    errors.file = t('upload.tooBig', { size: megabytes(file.size), most: megabytes(MOST_BYTES) });
  } else if (file.size === 0) errors.file = t('upload.empty');
  if (!title.trim()) errors.title = t('upload.needTitle');
  return errors;
}

function FileField({ file, error, onFile }) {
  const { id, control } = useField({ hint: true, error });
  return (
    <Field id={id} label={t('upload.file')} hint={t('upload.hint')} error={error}>
      <input
        {...control}
        type="file"
        name="file"
        accept={TYPES}
        onChange={(event) => onFile(event.target.files[0] ?? null)}
        className="w-full rounded border-2 border-dashed border-line bg-ground p-3 text-sm file:me-4 file:min-h-thumb file:cursor-pointer file:rounded-full file:border-0 file:bg-brass file:px-5 file:font-semibold file:text-on-brass"
      />
      {file && <p className="text-sm text-muted">{megabytes(file.size)}</p>}
    </Field>
  );
}

/** Bring a song of one's own. */
export function UploadSong({ onUploaded, onCancel }) {
  const keyFor = useKey();
  const stopper = useRef(null);
  const [share, setShare] = useState(0);
  useEffect(() => () => stopper.current?.abort(), []);

  const send = async (values) => {
    stopper.current = new AbortController();
    setShare(0);
    const { signal } = stopper.current;
    const { name, size, lastModified } = values.file;
    const key = keyFor([name, size, lastModified, values.title, values.artist]);
    try {
      const song = await uploadSong(values, { key, signal, onSent: setShare });
      keyFor.done();
      onUploaded(song);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  const form = useForm({
    initial: { file: null, title: '', artist: '' },
    check: checkUpload,
    send,
  });
  const { values, setValues } = form;
  const takeFile = (file) => {
    form.set('file', file);
    if (file) {
      setValues((before) => ({ ...before, title: before.title || guessTitle(file.name) }));
    }
  };

  // Inside the page's own form there can be no second one, so the button sends.
  return (
    <div
      ref={form.formProps.ref}
      role="group"
      aria-label={t('song.bring')}
      className="mb-4 flex flex-col gap-4 rounded-lg bg-raised p-5"
    >
      {form.problem && <Notice>{form.problem}</Notice>}
      <FileField file={values.file} error={form.field('file').error} onFile={takeFile} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Input label={t('upload.title')} maxLength={200} {...form.field('title')} />
        <Input label={t('upload.artist')} maxLength={200} {...form.field('artist')} />
      </div>
      {form.isSending && (
        <Sending bytes={values.file.size} share={share} onCancel={() => stopper.current.abort()} />
      )}
      {!form.isSending && (
        <div className="flex flex-wrap gap-3">
          <Button variant="secondary" className="bg-surface" onClick={form.formProps.onSubmit}>
            {t('upload.send')}
          </Button>
          <Button variant="quiet" onClick={onCancel}>
            {t('common.cancel')}
          </Button>
        </div>
      )}
    </div>
  );
}
