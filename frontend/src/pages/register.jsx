import { Link, useLocation } from 'react-router-dom';
import { Button } from 'components/Button.jsx';
import { Input, PasswordInput } from 'components/Input.jsx';
import { Notice } from 'components/Notice.jsx';
import { register } from 'features/auth/api.js';
import { AuthPage } from 'features/auth/components/AuthPage.jsx';
import { useForm } from 'hooks/use-form.js';
import { useKey } from 'hooks/use-key.js';
import { t } from 'lib/i18n.js';

function check({ username, email, password }) {
  const errors = {};
  if (!/^[A-Za-z0-9_.+-]+$/.test(username)) errors.username = t('auth.badUsername');
  if (!/^\S+@\S+\.\S+$/.test(email)) errors.email = t('auth.badEmail');
  if (password.length < 8) errors.password = t('auth.shortPassword');
  else if (/^\d+$/.test(password)) errors.password = t('auth.onlyDigits');
  return errors;
}

/** Make an account. */
export function Page() {
  const { search } = useLocation();
  const keyFor = useKey();
  const form = useForm({
    initial: { username: '', email: '', password: '' },
    check,
    send: (person) => register(person, keyFor(person)),
  });
  return (
    <AuthPage
      title={t('auth.hello')}
      text={t('auth.registerText')}
      below={
        <>
          {t('auth.haveAccount')}{' '}
          <Link className="link" to={`/login${search}`}>
            {t('auth.signIn')}
          </Link>
        </>
      }
    >
      <form {...form.formProps} className="flex flex-col gap-5">
        {form.problem && <Notice>{form.problem}</Notice>}
        <Input
          label={t('auth.username')}
          hint={t('auth.usernameHint')}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={150}
          {...form.field('username')}
        />
        <Input
          label={t('auth.email')}
          type="email"
          autoComplete="email"
          maxLength={254}
          {...form.field('email')}
        />
        <PasswordInput
          label={t('auth.password')}
          hint={t('auth.passwordHint')}
          autoComplete="new-password"
          maxLength={128}
          {...form.field('password')}
        />
        <Button type="submit" busy={form.isSending}>
          {t('auth.createAccount')}
        </Button>
      </form>
    </AuthPage>
  );
}
