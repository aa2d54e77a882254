import '@testing-library/jest-dom/vitest';
import { cleanup } from '@testing-library/react';
import { afterEach, beforeEach } from 'vitest';
import { setLanguage } from 'lib/i18n.js';

beforeEach(async () => {
  localStorage.clear();
  sessionStorage.clear();
  await setLanguage('en');
});

afterEach(cleanup);
