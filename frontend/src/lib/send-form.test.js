import { beforeEach, expect, test, vi } from 'vitest';
import { uploadSong } from 'features/songs/api.js';
import { aSong, signIn } from '../testing/makers.js';

let sent = [];

/** A request whose answers the test gives by hand. */
class Request {
  upload = {};
  headers = {};
  open(method, url) {
    Object.assign(this, { method, url });
  }
  setRequestHeader(name, value) {
    this.headers[name] = value;
  }
  getAllResponseHeaders() {
    return 'Content-Type: application/json\r\nRetry-After: 7\r\n';
  }
  send(body) {
    this.body = body;
    sent.push(this);
  }
  abort() {
    this.isAborted = true;
    this.onloadend();
  }
  answer(status, body) {
    Object.assign(this, { status, responseText: JSON.stringify(body) });
    this.onload();
    this.onloadend();
  }
}

const values = { file: new File(['sound'], 'noche.mp3'), title: 'Noche', artist: '' };
const nextRequest = (count) => vi.waitUntil(() => sent.length === count && sent.at(-1));

beforeEach(() => {
  sent = [];
  signIn();
  vi.stubGlobal('XMLHttpRequest', Request);
});

test('an upload tells how much is sent, and gives the song', async () => {
  const shares = [];
  const song = uploadSong(values, { key: 'k', onSent: (share) => shares.push(share) });
  const request = await nextRequest(1);
  request.upload.onprogress({ loaded: 1, total: 4 });
  request.upload.onprogress({ loaded: 4, total: 4 });
  request.answer(201, aSong());
  expect((await song).title).toBe('Noche de Papel');
  expect(shares).toEqual([0.25, 1]);
  expect(request).toMatchObject({ method: 'POST', url: '/api/songs' });
  expect(request.headers['Idempotency-Key']).toBe('k');
  expect(request.headers.Authorization).toMatch(/^Bearer /);
});

test('a refused upload says what the API said', async () => {
  const song = uploadSong(values, { key: 'k', onSent: () => {} });
  (await nextRequest(1)).answer(429, { code: 'busy', message: 'A little slower.' });
  await expect(song).rejects.toMatchObject({ status: 429, code: 'busy', retryAfterS: 7 });
});

test('a lost upload is sent once more under its key, and then given up with a word', async () => {
  const song = uploadSong(values, { key: 'k', onSent: () => {} });
  const expected = expect(song).rejects.toMatchObject({ status: 0, code: 'offline' });
  (await nextRequest(1)).onerror();
  const again = await nextRequest(2);
  expect(again.headers['Idempotency-Key']).toBe('k');
  again.onerror();
  await expected;
});

test('an upload that is stopped is ended at once and not sent again', async () => {
  const stopper = new AbortController();
  const song = uploadSong(values, { key: 'k', signal: stopper.signal, onSent: () => {} });
  const expected = expect(song).rejects.toMatchObject({ name: 'AbortError' });
  const request = await nextRequest(1);
  stopper.abort();
  await expected;
  expect(request.isAborted).toBe(true);
  expect(sent).toHaveLength(1);
});
