import { useCallback } from 'react';
import { Button } from 'components/Button.jsx';
import { Card } from 'components/Card.jsx';
import { Input, PasswordInput } from 'components/Input.jsx';
import { Notice } from 'components/Notice.jsx';
import { Select } from 'components/Select.jsx';
import { say } from 'components/Toast.jsx';
import { logOut } from 'features/auth/api.js';
import { difficultyOptions } from 'features/choreography/words.js';
import { changePassword, getMe, updateMe } from 'features/profile/api.js';
import { PageSpinner } from 'components/Spinner.jsx';
import { useForm } from 'hooks/use-form.js';
import { useLoad } from 'hooks/use-load.js';
import { useTitle } from 'hooks/use-page.js';
import { useUser } from 'lib/auth.js';
import { LANGUAGES, getLanguage, setLanguage, t } from 'lib/i18n.js';

function FormCard({ title, form, action, children }) {
  return (
    <Card className="p-6 sm:p-8">
      <h2 className="mb-5 text-xl">{title}</h2>
      <form {...form.formProps} aria-label={title} className="flex flex-col gap-5">
        {form.problem && <Notice>{form.problem}</Notice>}
        {children}
        <Button type="submit" variant="secondary" busy={form.isSending} className="self-start">
          {action}
        </Button>
      </form>
    </Card>
  );
}

/** Do what needs the password; point to the field where it is a wrong one. */
async function withPassword(act) {
  try {
    await act();
  } catch (error) {
    if (error.status !== 403) throw error;
    error.errors = [{ pointer: '/current_password', message: t('profile.wrongPassword') }];
    throw error;
  }
}

/** Whether another address is typed: one logs in with it, so changing it needs the password. */
const isOther = (email, user) => email.toLowerCase() !== user.email.toLowerCase();

function checkAbout({ email, current_password: current }, user) {
  const errors = {};
  if (!/^\S+@\S+\.\S+$/.test(email)) errors.email = t('auth.badEmail');
  if (isOther(email, user) && !current) errors.current_password = t('auth.needPassword');
  return errors;
}

function About({ user }) {
  const form = useForm({
    initial: { display_name: user.display_name, email: user.email, current_password: '' },
    check: (values) => checkAbout(values, user),
    send: async ({ current_password, ...changes }) => {
      const proof = isOther(changes.email, user) ? { current_password } : {};
      await withPassword(() => updateMe({ ...changes, ...proof }));
      form.set('current_password', '');
      say(t('profile.saved'));
    },
  });
  return (
    <FormCard title={t('profile.about')} form={form} action={t('common.save')}>
      <Input
        label={t('profile.name')}
        hint={t('profile.nameHint')}
        autoComplete="name"
        maxLength={200}
        {...form.field('display_name')}
      />
      <Input
        label={t('auth.email')}
        type="email"
        autoComplete="email"
        maxLength={254}
        {...form.field('email')}
      />
      {isOther(form.values.email, user) && (
        <PasswordInput
          label={t('profile.currentPassword')}
          hint={t('profile.passwordForEmail')}
          autoComplete="current-password"
          {...form.field('current_password')}
        />
      )}
    </FormCard>
  );
}

function Preferences({ user }) {
  const { preferences } = user;
  const form = useForm({
    initial: {
      auto_save_choreographies: preferences.auto_save_choreographies,
      default_difficulty: preferences.default_difficulty ?? '',
      language: preferences.language?.slice(0, 2) ?? getLanguage(),
    },
    send: async (values) => {
      const changes = { ...values, default_difficulty: values.default_difficulty || null };
      await updateMe({ preferences: changes });
      await setLanguage(values.language, { remember: true });
      say(t('profile.saved'));
    },
  });
  return (
    <FormCard title={t('profile.preferences')} form={form} action={t('common.save')}>
      <label className="flex min-h-thumb cursor-pointer items-center gap-3">
        <input
          type="checkbox"
          name="auto_save_choreographies"
          checked={form.values.auto_save_choreographies}
          onChange={(event) => form.set('auto_save_choreographies', event.target.checked)}
          className="size-6 shrink-0 accent-[rgb(var(--ember))]"
        />
        <span>{t('profile.autoSave')}</span>
      </label>
      <Select
        label={t('profile.difficulty')}
        {...form.field('default_difficulty')}
        options={[['', t('profile.noDifficulty')], ...difficultyOptions()]}
      />
      <Select
        label={t('common.language')}
        {...form.field('language')}
        options={Object.entries(LANGUAGES)}
      />
    </FormCard>
  );
}

function checkPasswords({ current_password: current, new_password: next }) {
  const errors = {};
  if (!current) errors.current_password = t('auth.needPassword');
  if (next.length < 8) errors.new_password = t('auth.shortPassword');
  else if (/^\d+$/.test(next)) errors.new_password = t('auth.onlyDigits');
  return errors;
}

const EMPTY = { current_password: '', new_password: '' };

function Password({ user }) {
  const form = useForm({
    initial: EMPTY,
    check: checkPasswords,
    send: async (values) => {
      await withPassword(() => changePassword(values));
      form.setValues(EMPTY);
      say(t('profile.passwordChanged'));
    },
  });
  return (
    <FormCard title={t('auth.password')} form={form} action={t('profile.changePassword')}>
      {/* Tells password managers whose password this is. */}
      <input type="text" autoComplete="username" value={user.username} readOnly hidden />
      <PasswordInput
        label={t('profile.currentPassword')}
        autoComplete="current-password"
        {...form.field('current_password')}
      />
      <PasswordInput
        label={t('profile.newPassword')}
        hint={t('auth.passwordHint')}
        autoComplete="new-password"
        maxLength={128}
        {...form.field('new_password')}
      />
    </FormCard>
  );
}

/** Who you are here, how you like it, and the way out. */
export function Page() {
  useTitle(t('nav.profile'));
  const user = useUser();
  // First what another device changed; where that fails, what is known here.
  const { isLoading } = useLoad(useCallback((signal) => getMe({ signal }), []));
  if (isLoading) return <PageSpinner />;
  return (
    <div className="mx-auto flex w-full max-w-reading flex-col gap-6 px-4 py-6 sm:px-6 sm:py-10">
      <div>
        <h1 className="text-3xl">{user.display_name || user.username}</h1>
        <p className="text-muted">@{user.username}</p>
      </div>
      <About user={user} />
      <Preferences user={user} />
      <Password user={user} />
      <Button variant="danger" className="self-start" onClick={logOut}>
        {t('auth.signOut')}
      </Button>
    </div>
  );
}
