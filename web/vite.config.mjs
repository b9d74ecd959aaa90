import { defineConfig } from 'vite';

/** The page: `vite build --config web/vite.config.mjs --outDir FOLDER`. Every asset has its hash in its name; nothing stands inline, so that the policy may be strict. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  publicDir: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
});
