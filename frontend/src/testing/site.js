import { vi } from 'vitest';
import { checkAnswer, checkRequest, strict } from './contract.js';

/** Where the API would be: answers what a test says, and refuses what openapi.json does not know. */
export function aSite(answers = {}) {
  const requests = [];
  const mistakes = [];
  const site = { answers: { ...answers }, requests, mistakes };

  const find = (method, pathname) => {
    if (site.always) return () => site.always;
    const name = Object.keys(site.answers).find((each) => {
      const [wanted, path] = each.split(' ');
      const pattern = new RegExp(`^/api${path.replace(/\*/g, '[^/]+')}$`);
      return wanted === method && pattern.test(pathname);
    });
    if (!name) throw new Error(`the test has no answer to ${method} ${pathname}`);
    return site.answers[name];
  };

  const answer = async (url, init) => {
    const { pathname, searchParams } = new URL(url, 'http://site');
    const request = { ...init, url, pathname, search: searchParams };
    request.headers = new Headers(init.headers);
    request.json = () => JSON.parse(init.body);
    requests.push(request);
    const found = checkRequest(request);
    const given = await find(init.method, pathname)(request);
    if (given instanceof Error) throw given;
    checkAnswer(found, given.status, given.body);
    return response(given);
  };

  vi.stubGlobal(
    'fetch',
    vi.fn(async (url, init) => {
      try {
        return await answer(url, init);
      } catch (error) {
        if (!(error instanceof TypeError)) mistakes.push(error);
        throw error;
      }
    }),
  );
  site.count = (method, path) =>
    requests.filter((each) => each.method === method && each.pathname === `/api${path}`).length;
  return site;
}

function response({ status, body, headers = {} }) {
  const text = body === undefined ? '' : JSON.stringify(body);
  const parse = () => strict(JSON.parse(text));
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: new Headers(headers),
    json: async () => parse(),
  };
}

/** An answer with a body. */
export const ok = (body, headers, status = 200) => ({ status, body, headers });

/** An answer without one. */
export const empty = (status = 204) => ({ status });

/** A refusal, as RFC 9457 writes it. */
export const problem = (
  status,
  { code = 'refused', message = 'No.', errors = [], headers } = {},
) => ({
  status,
  headers,
  body: {
    type: 'about:blank',
    title: 'Problem',
    status,
    detail: message,
    code,
    message,
    request_id: 'r1',
    errors,
  },
});

/** What fetch throws when there is no way to the site. */
export const noWay = () => new TypeError('Failed to fetch');
