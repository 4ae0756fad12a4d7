import fc from 'fast-check';

/**
 * Property tests draw the same cases each time, so that a change is judged by what it changes. `BOUNDARY_SEED=<integer>`
 * draws others; a failure names its own seed.
 */
fc.configureGlobal({ seed: Number(process.env.BOUNDARY_SEED ?? 20211213) });
