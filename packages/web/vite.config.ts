/** How the app is built: no inline script or style, the font known before the styles are, one service worker at a fixed address. */
import { defineConfig, type Plugin } from 'vite';

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

export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  publicDir: 'public',
  plugins: [preloadFont],
  css: { modules: { generateScopedName: mode === 'sample' ? '[local]_[hash:5]' : '[hash:6]' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      input: mode === 'sample' ? { dev: 'dev.html' } : { main: 'index.html', sw: 'src/sw.ts' },
      output: {
        entryFileNames: (chunk: { name: string }) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
}));
