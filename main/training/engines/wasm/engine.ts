import type { Engine } from '../engine.ts';

export async function openWasm(): Promise<Engine> {
  throw new Error('not yet');
}
