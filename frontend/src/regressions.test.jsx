import { screen, waitFor, within } from '@testing-library/react';
import { beforeEach, expect, test } from 'vitest';
import {
  aFinishedTask,
  aPage,
  aResult,
  aSaved,
  aTask,
  signIn,
  someStatistics,
} from './testing/makers.js';
import { open } from './testing/render.jsx';
import { aSite, empty, noWay, ok, problem } from './testing/site.js';

// Mistakes seen in other players, each with a name. See also lib/api.test.js (endless 401, POST
// without a key, tokens) and features/choreography/use-task.test.jsx (polling that dies).
const ITEM = aSaved();
const OTHER = aSaved({ id: '52bf6e34-a17c-431f-90d1-936625d0a57d' });

beforeEach(() => signIn());

test('the title field can be typed in, and a draft outlives a refused save', async () => {
  let saved = null;
  aSite({
    'GET /collections/*': () => ok(ITEM, { ETag: '"a"' }),
    'PUT /collections/*': ({ json, headers }) => {
      if (!saved) {
        saved = 'refused';
        return problem(422, { errors: [{ pointer: '/title', message: 'Not this title.' }] });
      }
      saved = { ...json(), etag: headers.get('If-Match') };
      return ok({ ...ITEM, ...json() }, { ETag: '"b"' });
    },
  });
  const person = open(`/collections/${ITEM.id}`);
  await person.click(await screen.findByRole('button', { name: 'Edit' }));
  const title = screen.getByLabelText('Title');
  await person.clear(title);
  await person.type(title, 'Mi baile 💃');
  expect(title).toHaveValue('Mi baile 💃');
  await person.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('Not this title.')).toBeVisible();
  expect(title).toHaveValue('Mi baile 💃');
  await waitFor(() => expect(title).toHaveFocus());
  await person.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByRole('heading', { name: 'Mi baile 💃' })).toBeInTheDocument();
  expect(saved).toEqual({ title: 'Mi baile 💃', etag: '"a"' });
});

test('a delete answered by 204 shows no error, and can be undone before', async () => {
  const site = aSite({
    'GET /collections/stats': () => ok(someStatistics()),
    'GET /collections/*': () => ok(ITEM, { ETag: '"a"' }),
    'GET /collections': () => ok(aPage([ITEM])),
    'DELETE /collections/*': () => empty(),
  });
  const person = open(`/collections/${ITEM.id}`);
  await person.click(await screen.findByRole('button', { name: 'Delete' }));
  expect(await screen.findByText('Nothing is left on this page.')).toBeInTheDocument();
  await person.click(screen.getByRole('button', { name: 'Undo' }));
  expect(await screen.findByRole('link', { name: /Noche de Papel/ })).toBeInTheDocument();
  expect(site.count('DELETE', `/collections/${ITEM.id}`)).toBe(0);

  await person.click(screen.getByRole('link', { name: /Noche de Papel/ }));
  await person.click(await screen.findByRole('button', { name: 'Delete' }));
  await screen.findByText('Nothing is left on this page.');
  const toast = screen.getByText(/is deleted/).closest('li');
  await person.click(within(toast).getByRole('button', { name: 'Close' }));
  await waitFor(() => expect(site.count('DELETE', `/collections/${ITEM.id}`)).toBe(1));
  expect(screen.queryByText(/went wrong|did not work/)).not.toBeInTheDocument();
});

test('a list longer than a page has buttons to its pages', async () => {
  const site = aSite({
    'GET /collections/stats': () => ok(someStatistics({ total_count: 500 })),
    'GET /collections': () => ok(aPage([OTHER], { count: 500 })),
  });
  const person = open('/collections');
  expect(await screen.findByText('1 of 42')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Previous' })).toBeDisabled();
  await person.click(screen.getByRole('button', { name: 'Next' }));
  expect(await screen.findByText('2 of 42')).toBeInTheDocument();
  expect(screen.getByTestId('where')).toHaveTextContent('/collections?page=2');
  expect(site.requests.at(-1).search.get('page')).toBe('2');
});

test('a title with script in it is shown as text', async () => {
  const title = '<img src=x onerror="alert(1)"> مرحبا 💃';
  aSite({ 'GET /collections/*': () => ok(aSaved({ title }), { ETag: '"a"' }) });
  open(`/collections/${ITEM.id}`);
  expect(await screen.findByRole('heading', { name: title })).toHaveAttribute('dir', 'auto');
});

test('an item changed elsewhere is not overwritten: what was typed stays, saving again is a choice', async () => {
  const newer = { ...ITEM, title: 'From the phone' };
  const asked = [];
  let now = [ITEM, '"a"'];
  aSite({
    'GET /collections/*': () => ok(now[0], { ETag: now[1] }),
    'PUT /collections/*': ({ json, headers }) => {
      asked.push(headers.get('If-Match'));
      if (headers.get('If-Match') === '"b"') return ok({ ...newer, ...json() }, { ETag: '"c"' });
      now = [newer, '"b"'];
      return problem(412);
    },
  });
  const person = open(`/collections/${ITEM.id}`);
  await person.click(await screen.findByRole('button', { name: 'Edit' }));
  await person.type(screen.getByLabelText('Notes'), 'slower');
  await person.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/“From the phone”/)).toBeInTheDocument();
  expect(screen.getByLabelText('Notes')).toHaveValue('slower');
  await person.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(asked).toEqual(['"a"', '"b"']));
});

test('a session that ends says so and comes back to the same place', async () => {
  aSite({
    'GET /collections/*': () => problem(401),
    'POST /auth/refresh': () => problem(401),
  });
  open(`/collections/${ITEM.id}?speed=0.8`);
  expect(await screen.findByText(/Your session has ended/)).toBeInTheDocument();
  expect(screen.getByTestId('where')).toHaveTextContent(
    `/login?next=${encodeURIComponent(`/collections/${ITEM.id}?speed=0.8`)}`,
  );
});

test('a wrong field of a form gets its error and the focus', async () => {
  localStorage.clear();
  aSite({
    'POST /auth/register': () =>
      problem(409, { errors: [{ pointer: '/username', message: 'That name is taken.' }] }),
  });
  const person = open('/register');
  await person.type(await screen.findByLabelText('User name'), 'lola');
  await person.type(screen.getByLabelText('E-mail'), 'lola@example.org');
  await person.type(screen.getByLabelText('Password'), 'bailando-con-la-luna{Enter}');
  expect(await screen.findByText('That name is taken.')).toBeVisible();
  const name = screen.getByLabelText('User name');
  await waitFor(() => expect(name).toHaveFocus());
  expect(name).toHaveAccessibleDescription(/That name is taken/);
  expect(screen.getByLabelText('Password')).toHaveValue('bailando-con-la-luna');
});

test('what is being made stays in sight while the network is away', async () => {
  const answers = [ok(aTask({ progress: 55 }))];
  aSite({ 'GET /choreography/tasks/*': () => answers.shift() ?? noWay() });
  open(`/tasks/${aTask().task_id}`);
  expect(await screen.findByText('55 %')).toBeInTheDocument();
  expect(await screen.findByText(/lost touch/, {}, { timeout: 5000 })).toBeInTheDocument();
  expect(screen.getByText('55 %')).toBeInTheDocument();
});

test('saving a finished choreography twice by one key gives one item', async () => {
  const keys = [];
  aSite({
    'GET /choreography/tasks/*/timeline': () => problem(404),
    'GET /choreography/tasks/*': () => ok(aFinishedTask({ result: aResult() })),
    'POST /collections': ({ headers }) => {
      keys.push(headers.get('Idempotency-Key'));
      return keys.length === 1 ? noWay() : ok(ITEM, {}, 201);
    },
  });
  const person = open(`/tasks/${aTask().task_id}`);
  await person.click(await screen.findByRole('button', { name: 'Save to collection' }));
  expect(await screen.findByRole('link', { name: 'Open in your collection' })).toHaveAttribute(
    'href',
    `/collections/${ITEM.id}`,
  );
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
});
