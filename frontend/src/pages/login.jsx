import { Link, useLocation } from 'react-router-dom';
import { Button } from 'components/Button.jsx';
import { Input, PasswordInput } from 'components/Input.jsx';
import { Notice } from 'components/Notice.jsx';
import { logIn } from 'features/auth/api.js';
import { AuthPage } from 'features/auth/components/AuthPage.jsx';
import { useForm } from 'hooks/use-form.js';
import { t } from 'lib/i18n.js';

function check({ username, password }) {
  const errors = {};
  if (!username.trim()) errors.username = t('auth.needUsername');
  if (!password) errors.password = t('auth.needPassword');
  return errors;
}

/** Return a sentence of ours for what the sign-in refuses. */
async function signIn(credentials) {
  try {
    await logIn(credentials);
  } catch (error) {
    if (error.status === 401) error.sentence = t('auth.wrong');
    throw error;
  }
}

/** Sign in. */
export function Page() {
  const { search } = useLocation();
  const form = useForm({ initial: { username: '', password: '' }, check, send: signIn });
  return (
    <AuthPage
      title={t('auth.welcomeBack')}
      text={t('auth.signInText')}
      below={
        <>
          {t('auth.newHere')}{' '}
          <Link className="link" to={`/register${search}`}>
            {t('auth.createAccount')}
          </Link>
        </>
      }
    >
      <form {...form.formProps} className="flex flex-col gap-5">
        {form.problem && <Notice>{form.problem}</Notice>}
        <Input
          label={t('auth.usernameOrEmail')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          {...form.field('username')}
        />
        <PasswordInput
          label={t('auth.password')}
          autoComplete="current-password"
          {...form.field('password')}
        />
        <Button type="submit" busy={form.isSending}>
          {t('auth.signIn')}
        </Button>
      </form>
    </AuthPage>
  );
}
