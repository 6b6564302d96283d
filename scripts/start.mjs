// `npm start`: installs what is missing, builds the site and serves it with the headers that every host of
// it must send. PORT picks the port; without it, the first free one from 4173 on.
import { installPackages, requireNode } from './install.mjs';

requireNode();
installPackages();

// Imported late: a fresh clone has no Vite until the packages are installed.
const { build, preview } = await import('vite');
await build({ logLevel: 'warn' });

const wantedPort = Number(process.env.PORT);
const server = await preview({
  preview: wantedPort ? { port: wantedPort, strictPort: true } : { port: 4173, strictPort: false },
});
console.log('\nWeft is running. Open this address in Chrome or Edge; Ctrl-C ends it.\n');
server.printUrls();

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    // Chrome keeps its connections open, and close() would wait for them.
    server.httpServer.closeAllConnections?.();
    void server.close().finally(() => process.exit(0));
  });
}
