// Property tests draw the same cases at each `npm test`, so that a change is never blamed for what an unlucky draw
// finds; `npx vitest` draws new ones each time, and prints the seed of what it finds.
import fc from 'fast-check';

if (process.env.CI) fc.configureGlobal({ seed: 20_190_423 });
