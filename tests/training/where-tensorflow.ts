import { test } from 'vitest';
import { engineStatuses } from '../../main/training/engines/open.ts';

/** Tests an engine that set-up may have left out: not on every computer is there a binding for it. Then it says why. */
export function whereTensorflow(suite: (engine: 'tensorflow') => void): void {
  const tensorflow = engineStatuses().find(({ name }) => name === 'tensorflow');
  if (tensorflow?.available) suite('tensorflow');
  else test.skip(`TensorFlow is not available: ${tensorflow?.note}`, () => undefined);
}
