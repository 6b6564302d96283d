// Builds and serves the page. The headers below are those of every host of this site: nothing the page
// loads may talk to another origin, which is what makes "nothing leaves this computer" true.
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { headers } from './scripts/headers.mjs';

/** Writes the headers into the built site as `_headers`, the file from which static hosts read them. */
function headersFile(): Plugin {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  return {
    name: 'weft-headers',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: ['/*', ...lines, ''].join('\n') });
    },
  };
}

export default defineConfig({
  plugins: [react(), headersFile()],
  // Beside the sources: node_modules may be shared by several checkouts.
  cacheDir: '.cache/vite',
  // The policy allows no data: fonts, so that even the smallest file stays a file.
  build: { target: 'es2022', outDir: 'dist', sourcemap: true, assetsInlineLimit: 0 },
  worker: { format: 'es' },
  preview: { headers, strictPort: true },
});
