import type { Engine } from '../../../main/training/engines/engine.ts';

/** One thing that every engine must do. */
export interface ConformanceCheck {
  /** Of what, e.g. `ops` or the name of a small model. */
  group: string;
  /** Continues the group's name, e.g. `has the gradients of the reference`. */
  name: string;
  /** @throws Error that says what is wrong, if it does not */
  run: (engine: Engine) => Promise<void>;
}
