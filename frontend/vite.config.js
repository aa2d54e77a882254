import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { sizeBudget } from './scripts/size-budget.js';

const src = fileURLToPath(new URL('./src', import.meta.url));
const apiSite = process.env.API_SITE ?? 'http://localhost:8000';
const proxy = { '/api': { target: apiSite, changeOrigin: false } };

// As the site itself is served, so that a preview shows what the policy would stop.
const headers = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
    "media-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'none'",
};

const LOGIC = ['src/features/player/logic/!(keys).test.js', 'src/size-budget.test.js'];

export default defineConfig({
  plugins: [react(), sizeBudget({ javascriptKb: 90, fontsKb: 60 })],
  resolve: {
    alias: [
      { find: /^(components|features|hooks|lib|messages|pages)\//, replacement: `${src}/$1/` },
    ],
  },
  // Nothing is inlined: the policy of the site allows fonts and scripts from its own files only.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { port: 5173, proxy },
  preview: { port: 4173, proxy, headers },
  test: {
    pool: 'threads',
    maxWorkers: 1,
    testTimeout: 90_000,
    restoreMocks: true,
    projects: [
      // Rules of the player and the like: no page is built up for them.
      { extends: true, test: { name: 'logic', environment: 'node', include: LOGIC } },
      {
        extends: true,
        test: {
          name: 'pages',
          environment: 'jsdom',
          include: ['src/**/*.test.{js,jsx}'],
          exclude: LOGIC,
          setupFiles: ['./src/testing/setup.js'],
        },
      },
    ],
  },
});
