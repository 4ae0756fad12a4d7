export type { Engine } from './engine.ts';
export { compositions, type Composed } from './fallbacks.ts';
export { convolution, type Convolution } from './layers.ts';
export type { NetworkEngine, NetworkOps, NetworkTf } from './network-ops.ts';
export { engineStatuses, openEngine, openNamed } from './open.ts';
