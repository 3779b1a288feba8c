import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineConfig } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * What the service serves of `static/`: the panel, the bare page that shows the player library at work, and what pages of
 * shared matches need.
 */
const PAGES = {
  panel: { root: 'panel', publicDir: at('panel/public') },
  live: { root: 'bare', publicDir: false },
  share: { root: 'share', publicDir: false },
};

/** Writes each text beside itself as Brotli and gzip: the service sends what the browser takes, and compresses nothing. */
const compressed = {
  name: 'compressed',
  writeBundle({ dir }) {
    const files = readdirSync(dir, { recursive: true, withFileTypes: true });
    for (const file of files.filter(({ name }) => /\.(js|css|svg|webmanifest)$/.test(name))) {
      const path = join(file.parentPath, file.name);
      const text = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(text));
      writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
    }
  },
};

/** `vite build --mode panel` builds `web/panel` into `static/panel/`, `--mode live` builds `web/bare` into `static/live/`, `--mode share` `web/share`. */
export default defineConfig(({ mode }) => {
  const { root, publicDir } = PAGES[mode] ?? PAGES.panel;
  const name = mode in PAGES ? mode : 'panel';
  return {
    root: at(root),
    base: `/${name}/`,
    publicDir,
    logLevel: 'warn',
    plugins: [compressed],
    build: {
      outDir: at(`../static/${name}`),
      emptyOutDir: true,
      // iPhones have ManagedMediaSource from 17.1 on; what is older down to this gets JPEGs and its own HLS.
      target: ['es2022', 'chrome100', 'firefox102', 'safari16'],
      // The content security policy allows no inline script and no data: URL of one.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      // hls.js comes only when somebody reviews; it is large whatever one does.
      chunkSizeWarningLimit: 600,
      rolldownOptions: {
        onLog: (level, log, handle) => {
          // For servers that render React; there is none here.
          if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
        },
      },
    },
    // `npm run dev:web`: the panel from its sources, the service beside it.
    server: { proxy: { '/api': { target: 'http://127.0.0.1:5000', ws: true } } },
  };
});
