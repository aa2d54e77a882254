import { expect, test } from 'vitest';
import {
  aFinishedTask,
  aLogin,
  aMove,
  anAccepted,
  aPage,
  aSaved,
  aSong,
  aTask,
  aUser,
  signIn,
  someStatistics,
} from '../testing/makers.js';
import { exampleOf } from '../testing/contract.js';
import { aSite, empty, ok } from '../testing/site.js';

const ID = '42bf6e34-a17c-431f-90d1-936625d0a57d';
const WISHES = {
  audio_input: `song:${ID}`,
  difficulty: 'advanced',
  energy_level: 'low',
  style: 'modern',
  camera: 'change',
};
const file = new File(['sound'], 'noche.mp3', { type: 'audio/mpeg' });
const aMoveAlone = { ...aMove(), tempo_source: 'sound', beats_count: 16, notes: '' };
delete aMoveAlone.score; // only a search scores
const understood = {
  difficulty: 'beginner',
  energy_level: null,
  style: 'romantic',
  tempo: 'slow',
  confidence: 0.9,
  explanation: 'Beginner, romantic.',
};

// Every call of every feature, with what it is called with and what the API then says.
const CALLS = {
  'auth.register': [
    [{ username: 'l', email: 'l@x.org', password: 'long enough' }, 'key'],
    ok(aLogin(), {}, 201),
  ],
  'auth.logIn': [[{ username: 'l', password: 'p' }], ok(aLogin())],
  'auth.logOut': [[], empty()],
  'profile.getMe': [[], ok(aUser())],
  'profile.updateMe': [
    [{ display_name: 'L', email: 'l@x.org', preferences: { language: 'es' } }],
    ok(aUser()),
  ],
  'profile.changePassword': [[{ current_password: 'a', new_password: 'long enough' }], empty()],
  'choreography.generate': [[WISHES, 'key'], ok(anAccepted(), {}, 202)],
  'choreography.parseQuery': [['slow and romantic'], ok(understood)],
  'choreography.listTasks': [[{ page: 2, pageSize: 10, status: 'running' }], ok(aPage([aTask()]))],
  'choreography.pollTask': [[ID, { etag: '"a"' }], ok(aTask())],
  'choreography.getTask': [[ID], ok(aFinishedTask())],
  'choreography.cancelTask': [[ID], ok(aTask({ status: 'failed', phase: 'cancelled' }))],
  'choreography.retryTask': [[ID, 'key'], ok(anAccepted(), {}, 202)],
  'choreography.getTimeline': [[ID], ok(exampleOf('Timeline'))],
  'songs.listSongs': [[{ search: 'noche', page: 1, pageSize: 6 }], ok(aPage([aSong()]))],
  'songs.getSong': [[ID], ok(aSong())],
  'songs.getSongAudio': [[ID], ok({ url: '/api/media/a', expires_at: '2026-11-21T10:00:00Z' })],
  'songs.uploadSong': [
    [{ file, title: 'Noche', artist: 'Trio' }, { key: 'key' }],
    ok(aSong(), {}, 201),
  ],
  'collections.listSaved': [
    [{ search: 'a', difficulty: 'beginner', ordering: '-duration', page: 2, pageSize: 12 }],
    ok(aPage([aSaved()])),
  ],
  'collections.getStatistics': [[], ok(someStatistics())],
  'collections.getSaved': [[ID], ok(aSaved())],
  'collections.saveTask': [[{ taskId: ID, title: 'Noche' }, 'key'], ok(aSaved(), {}, 201)],
  'collections.reviseSaved': [
    [ID, { title: 'T', difficulty: 'advanced', notes: 'n' }, '"a"'],
    ok(aSaved()),
  ],
  'collections.removeSaved': [[ID], empty()],
  'moves.searchMoves': [
    [{ q: 'turn', difficulty: 'beginner', energyLevel: 'low', moveLabel: 'basic_step' }],
    ok({ count: 1, results: [aMove()] }),
  ],
  'moves.getMove': [['drawn_basic_step_1'], ok(aMoveAlone)],
};

const modules = import.meta.glob('../features/*/api.js', { eager: true });
const functions = Object.fromEntries(
  Object.entries(modules).flatMap(([path, exported]) => {
    const feature = path.split('/').at(-2);
    const named = Object.entries(exported).filter(([, value]) => typeof value === 'function');
    return named.map(([name, value]) => [`${feature}.${name}`, value]);
  }),
);

test('every call the pages can make is walked here', () => {
  expect(Object.keys(CALLS).sort()).toEqual(Object.keys(functions).sort());
});

test.each(Object.keys(CALLS))('%s asks and is answered as openapi.json says', async (name) => {
  signIn();
  const [args, answer] = CALLS[name];
  const site = aSite();
  site.always = answer;
  await functions[name](...args);
  expect(site.mistakes).toEqual([]);
  expect(site.requests).toHaveLength(1);
});

test('a request that openapi.json does not know is refused by the test site', async () => {
  aSite();
  await expect(fetch('/api/nowhere', { method: 'GET' })).rejects.toThrow('openapi.json has no');
  const body = JSON.stringify({ username: 'l', password: 'p', is_admin: true });
  await expect(fetch('/api/auth/login', { method: 'POST', body })).rejects.toThrow('additional');
});
