// Builds and serves the page. The headers below are those of every host of this site: nothing the page
// loads may talk to another origin, which is what makes "nothing leaves this computer" true.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { headers } from './scripts/headers.mjs';

export default defineConfig({
  plugins: [react()],
  // Beside the sources: node_modules may be shared by several checkouts.
  cacheDir: '.cache/vite',
  build: { target: 'es2022', outDir: 'dist', sourcemap: true },
  worker: { format: 'es' },
  preview: { headers, strictPort: true },
});
