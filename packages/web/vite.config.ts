/** How the app is built: no inline script or style, the font known before the styles are, a service worker that knows every file. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const publicDir = join(import.meta.dirname, 'public');

/** Tells the browser of the font while it still reads the page, so that text does not change its face. */
const preloadFont: Plugin = {
  name: 'parley:preload-font',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const font = Object.keys(bundle ?? {}).find((file) => /inter-latin-wght-normal.*\.woff2$/.test(file));
      if (!font) return [];
      const attrs = { rel: 'preload', href: `/${font}`, as: 'font', type: 'font/woff2', crossorigin: true };
      return [{ tag: 'link', attrs, injectTo: 'head-prepend' as const }];
    },
  },
};

/** Every stylesheet states the order of layers: whichever arrives first decides it. */
const orderLayers: Plugin = {
  name: 'parley:order-layers',
  enforce: 'post',
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'asset' && file.fileName.endsWith('.css'))
        file.source = `@layer tokens,base,parts,screens;${Buffer.from(file.source).toString()}`;
  },
};

/** Hands the service worker the list of everything that was built, and a version that changes with it. */
const listFiles: Plugin = {
  name: 'parley:list-files',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') return;
      const hash = createHash('sha256');
      for (const [name, file] of Object.entries(bundle).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        hash.update(name).update(file.type === 'chunk' ? file.code : file.source);
      const built = Object.keys(bundle).filter((name) => name !== 'sw.js' && !name.endsWith('.html'));
      const files = ['', ...built, ...readdirSync(publicDir)].map((name) => `/${name}`);
      const precache = { version: hash.digest('hex').slice(0, 16), files };
      worker.code = `const precache=${JSON.stringify(precache)};${worker.code}`;
    },
  },
};

/** Directives for server components mean nothing in a browser, and libraries have one in each file; a busy machine is no news. */
const unheard = new Set(['MODULE_LEVEL_DIRECTIVE', 'PLUGIN_TIMINGS']);

/** The pages of each way to build. */
const inputs: Record<string, Record<string, string>> = {
  sample: { dev: 'dev.html' },
  directory: { directory: 'directory.html' },
  production: { main: 'index.html', sw: 'src/sw.ts' },
};

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  publicDir,
  plugins: [preloadFont, orderLayers, listFiles],
  css: { modules: { generateScopedName: mode === 'sample' ? '[local]_[hash:5]' : '[hash:6]' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      input: inputs[mode] ?? inputs.production!,
      onLog(level, log, handle) {
        if (!unheard.has(log.code ?? '')) handle(level, log);
      },
      output: {
        entryFileNames: (chunk: { name: string }) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
}));
