import type { ParameterValues } from '../../../main/training/weights/weights.ts';
import type { Command } from './protocol.ts';

/** What our side of a comparison does, in terms of the product's own classes. */
export interface Work {
  /** Numbers in all weights and statistics, to be compared with the peer's. */
  readonly parameters: number;
  /** The last loss, the number of errors, or the number of stimuli on which models disagree. */
  perform(command: Command): Promise<number>;
  dispose(): void;
}

export const numbersIn = (parameters: ParameterValues): number =>
  Object.values(parameters).reduce((sum, { values }) => sum + values.length, 0);
