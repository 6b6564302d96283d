// Checks that the browser can run Weft, starts the engine's worker and mounts the page.

import '@mantine/core/styles.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './app/tokens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { begin } from './state/commands.ts';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

// WebGPU may be missing: the engine then computes on the processor. Without these there is no engine at all.
if (typeof Worker === 'function' && typeof MessageChannel === 'function' && typeof BigInt === 'function') {
  begin();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
} else {
  root.textContent =
    'This browser is too old for Weft. Open this page in a current Chrome, Edge, Firefox or Safari.';
}
