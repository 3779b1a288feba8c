import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the bare page into `static/live/`, which the service serves under `/live/`. */
export default defineConfig({
  root: at('bare'),
  base: '/live/',
  publicDir: false,
  logLevel: 'warn',
  build: {
    outDir: at('../static/live'),
    emptyOutDir: true,
    // iPhones have ManagedMediaSource from 17.1 on; what is older down to this gets JPEGs and its own HLS.
    target: ['es2022', 'chrome100', 'firefox102', 'safari16'],
    // The content security policy allows no inline script and no data: URL of one.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // hls.js comes only when somebody reviews; it is large whatever one does.
    chunkSizeWarningLimit: 600,
  },
});
