import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { MemoryRouter, useLocation } from 'react-router-dom';
import { App, ROUTER } from '../App.jsx';

function Where() {
  const { pathname, search } = useLocation();
  return <output data-testid="where">{pathname + search}</output>;
}

/** Open the site at an address; return a person to use it. */
export function open(address) {
  render(
    <MemoryRouter future={ROUTER} initialEntries={[address]}>
      <App />
      <Where />
    </MemoryRouter>,
  );
  return userEvent.setup();
}
