import { useRef } from 'react';
import { Navigate, Outlet, useLocation } from 'react-router-dom';
import { useSession, whyEnded } from 'lib/auth.js';
import { remember } from '../wanted-place.js';

const KNOWN_HERE = 'was_here';

/** Pages for whoever is signed in; the others sign in first and come back. */
export function Protected() {
  const session = useSession();
  const location = useLocation();
  const wasIn = useRef(Boolean(session));
  if (session) {
    localStorage.setItem(KNOWN_HERE, 'yes');
    // As high as the window at least: what is loaded later does not push the foot about in sight.
    return (
      <div className="flex min-h-screen flex-col">
        <Outlet />
      </div>
    );
  }
  if (wasIn.current && whyEnded() === 'left') return <Navigate to="/login" replace />;
  // Whoever was never here has nothing to sign in with.
  const door = localStorage.getItem(KNOWN_HERE) ? '/login' : '/register';
  return <Navigate to={door + remember(location)} replace />;
}
