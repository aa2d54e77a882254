import { lazy, Suspense } from 'react';
import { Route, Routes } from 'react-router-dom';
import { Crash } from 'components/Crash.jsx';
import { Layout } from 'components/Layout.jsx';
import { PageSpinner } from 'components/Spinner.jsx';
import { Protected } from 'features/auth/components/Protected.jsx';
import { useLanguage } from 'lib/i18n.js';

const page = (load) => lazy(async () => ({ default: (await load()).Page }));

const Landing = page(() => import('pages/landing.jsx'));
const LogIn = page(() => import('pages/login.jsx'));
const Register = page(() => import('pages/register.jsx'));
const NotFound = page(() => import('pages/not-found.jsx'));

/** Every page of the site. */
export function App() {
  useLanguage();
  return (
    <Layout>
      <Crash>
        <Suspense fallback={<PageSpinner />}>
          <Routes>
            <Route path="/" element={<Landing />} />
            <Route path="/login" element={<LogIn />} />
            <Route path="/register" element={<Register />} />
            <Route path="/generate" element={<Protected />} />
            <Route path="*" element={<NotFound />} />
          </Routes>
        </Suspense>
      </Crash>
    </Layout>
  );
}
