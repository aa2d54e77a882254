/** The player alone on a page, for looking at it and measuring it: `npm run dev`, then this file. */

import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { PracticePlayer } from 'features/player';
import { setLanguage } from 'lib/i18n.js';
import '../../src/styles/index.css';

const wanted = new URLSearchParams(window.location.search);
const headers = { Authorization: `Bearer ${localStorage.getItem('access_token')}` };
const get = async (path) => (await fetch(`/api${path}`, { headers })).json();
const taskPath = `/choreography/tasks/${wanted.get('task')}`;

async function show() {
  if (wanted.has('language')) await setLanguage(wanted.get('language'));
  if (wanted.has('theme')) document.documentElement.dataset.theme = wanted.get('theme');
  const [task, timeline] = await Promise.all([get(taskPath), get(`${taskPath}/timeline`)]);
  createRoot(document.getElementById('root')).render(
    <BrowserRouter>
      <main className="mx-auto max-w-page p-3 sm:p-6">
        <h1 className="mb-4 text-2xl">{wanted.get('title') ?? task.song.title}</h1>
        <PracticePlayer
          timeline={timeline}
          videoUrl={task.result.video_url}
          posterUrl={task.result.thumbnail_url}
          title={wanted.get('title') ?? task.song.title}
          onExpired={async () => (await get(taskPath)).result.video_url}
          storageKey={wanted.get('task')}
        />
      </main>
    </BrowserRouter>,
  );
}

show();
