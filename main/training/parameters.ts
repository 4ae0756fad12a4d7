import type { Variable } from '@tensorflow/tfjs-core';
import { UserError } from '../contract/errors.ts';
import type { Tfjs } from './engines/engine.ts';
import type { NamedArray } from './tensor-file.ts';

/** Something that holds values on an engine under a name: a model's parameter, an optimiser's slot. */
export interface NamedVariable {
  readonly name: string;
  readonly variable: Variable;
}

/** Copies values from the engine. */
export function readVariables(variables: readonly NamedVariable[]): NamedArray[] {
  return variables.map(({ name, variable }) => ({
    name,
    shape: variable.shape,
    data: Float32Array.from(variable.dataSync<'float32'>()),
  }));
}

/**
 * Sets all variables from arrays of the same names and shapes, in any order.
 * @throws UserError `weights.mismatch` naming the first that does not fit; nothing is changed then.
 */
export function writeVariables(
  tf: Tfjs,
  variables: readonly NamedVariable[],
  arrays: readonly NamedArray[],
  where: string,
): void {
  const byName = new Map(arrays.map((array) => [array.name, array]));
  const matched = variables.map(({ name, variable }) => {
    const array = byName.get(name);
    if (!array) throw mismatch(`"${name}" is missing`, where);
    if (!(array.data instanceof Float32Array) || array.shape.join() !== variable.shape.join()) {
      throw mismatch(`"${name}" has shape [${array.shape}], not [${variable.shape}]`, where);
    }
    return { variable, data: array.data };
  });
  if (byName.size !== variables.length || arrays.length !== variables.length) {
    throw mismatch(`there are ${arrays.length} arrays for ${variables.length} parameters`, where);
  }
  for (const { variable, data } of matched) {
    const tensor = tf.tensor(data, variable.shape, 'float32');
    variable.assign(tensor);
    tensor.dispose();
  }
}

/** All values finite? Adam keeps a network that once had NaN at NaN. */
export const allFinite = (arrays: readonly NamedArray[]): boolean => arrays.every(({ data }) => data.every(Number.isFinite));

function mismatch(what: string, where: string): UserError {
  return new UserError({
    code: 'weights.mismatch',
    what: `These weights do not fit their network: ${what}`,
    where,
    remedy: 'Run the training that made them again with this version of the program.',
  });
}
