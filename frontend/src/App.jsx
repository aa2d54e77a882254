import { lazy, Suspense, useEffect } from 'react';
import { Route, Routes } from 'react-router-dom';
import { Crash } from 'components/Crash.jsx';
import { Layout } from 'components/Layout.jsx';
import { PageSpinner } from 'components/Spinner.jsx';
import { Protected } from 'features/auth/components/Protected.jsx';
import { useUser } from 'lib/auth.js';
import { hasChosenLanguage, setLanguage, useLanguage } from 'lib/i18n.js';
import { Page as Landing } from 'pages/landing.jsx';

const page = (load) => lazy(async () => ({ default: (await load()).Page }));

const LogIn = page(() => import('pages/login.jsx'));
const Register = page(() => import('pages/register.jsx'));
const NotFound = page(() => import('pages/not-found.jsx'));
const Generate = page(() => import('pages/generate.jsx'));
const Tasks = page(() => import('pages/tasks.jsx'));
const Task = page(() => import('pages/task.jsx'));
const Collection = page(() => import('pages/collection.jsx'));
const Saved = page(() => import('pages/saved.jsx'));
const Moves = page(() => import('pages/moves.jsx'));
const Profile = page(() => import('pages/profile.jsx'));
const StyleGuide = import.meta.env.DEV ? page(() => import('pages/styleguide.jsx')) : null;

/** How version 7 of the router does things; the page shown stays until the next one is here. */
export const ROUTER = { v7_startTransition: true, v7_relativeSplatPath: true };

/** Every page of the site. */
export function App() {
  useLanguage();
  const wanted = useUser()?.preferences?.language;
  useEffect(() => {
    if (wanted && !hasChosenLanguage()) setLanguage(wanted.slice(0, 2));
  }, [wanted]);
  return (
    <Layout>
      <Crash>
        <Suspense fallback={<PageSpinner />}>
          <Routes>
            <Route path="/" element={<Landing />} />
            <Route path="/login" element={<LogIn />} />
            <Route path="/register" element={<Register />} />
            <Route element={<Protected />}>
              <Route path="/generate" element={<Generate />} />
              <Route path="/tasks" element={<Tasks />} />
              <Route path="/tasks/:id" element={<Task />} />
              <Route path="/collections" element={<Collection />} />
              <Route path="/collections/:id" element={<Saved />} />
              <Route path="/moves" element={<Moves />} />
              <Route path="/profile" element={<Profile />} />
            </Route>
            {StyleGuide && <Route path="/styleguide" element={<StyleGuide />} />}
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </Crash>
    </Layout>
  );
}
