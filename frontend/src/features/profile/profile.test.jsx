import { screen, waitFor, within } from '@testing-library/react';
import { expect, test } from 'vitest';
import { aLogin, signIn } from '../../testing/makers.js';
import { open } from '../../testing/render.jsx';
import { aSite, ok, problem } from '../../testing/site.js';

test('a new e-mail asks for the password, and only a new one does', async () => {
  signIn();
  const sent = [];
  aSite({
    'PUT /auth/me': ({ json }) => {
      sent.push(json());
      return sent.length === 2
        ? problem(403, { code: 'wrong_password' })
        : ok({ ...aLogin().user, ...json() });
    },
  });
  const person = open('/profile');
  const about = within(await screen.findByRole('form', { name: 'About you' }));
  await person.click(about.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent[0]).not.toHaveProperty('current_password');

  const email = about.getByLabelText('E-mail');
  await person.clear(email);
  await person.type(email, 'new@example.org');
  const password = about.getByLabelText('Password now');
  await person.click(about.getByRole('button', { name: 'Save' }));
  expect(await about.findByText('Please type your password.')).toBeVisible();
  expect(sent).toHaveLength(1);

  await person.type(password, 'wrong');
  await person.click(about.getByRole('button', { name: 'Save' }));
  expect(await about.findByText('That is not your password now.')).toBeVisible();
  expect(sent[1]).toMatchObject({ email: 'new@example.org', current_password: 'wrong' });

  await person.clear(password);
  await person.type(password, 'bailando-con-la-luna');
  await person.click(about.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(sent).toHaveLength(3));
});
