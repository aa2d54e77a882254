import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router-dom';
import { getSession } from 'lib/auth.js';
import { preferredLanguage, setLanguage } from 'lib/i18n.js';
import { App, ROUTER } from './App.jsx';
import { askForPage } from './early-answers.js';
import './styles/index.css';

// After a new release the old pages' files are gone: load the new ones, once.
window.addEventListener('vite:preloadError', (event) => {
  const last = Number(sessionStorage.getItem('reloaded_at') ?? 0);
  if (Date.now() - last < 60_000) return;
  event.preventDefault();
  sessionStorage.setItem('reloaded_at', String(Date.now()));
  window.location.reload();
});

const start = () =>
  createRoot(document.getElementById('root')).render(
    <BrowserRouter future={ROUTER}>
      <App />
    </BrowserRouter>,
  );

if (getSession()) askForPage(window.location);
setLanguage(preferredLanguage()).then(start, start);
