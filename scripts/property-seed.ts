// Property tests draw the same examples in every run, so that a red one means that something changed. To look for
// new counterexamples: FAST_CHECK_SEED=123 npm test -- unit

import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20_190_423) });
