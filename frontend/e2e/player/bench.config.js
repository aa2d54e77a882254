/** Build and show the bench: `vite build` and `vite preview` with this file; API_SITE is the API. */

import { fileURLToPath } from 'node:url';
import { mergeConfig } from 'vite';
import site from '../../vite.config.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const { plugins, resolve, preview } = site;

export default mergeConfig(
  { resolve, preview },
  {
    root: here,
    // The size budget is the site's; the bench has none.
    plugins: plugins.flat().filter(({ name }) => !name.includes('budget')),
    css: { postcss: fileURLToPath(new URL('../..', import.meta.url)) },
    build: {
      outDir: `${here}/../../node_modules/.bench`,
      emptyOutDir: true,
      rollupOptions: { input: `${here}/bench.html` },
    },
    preview: {
      headers: {
        'Content-Security-Policy':
          "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'",
      },
    },
  },
);
