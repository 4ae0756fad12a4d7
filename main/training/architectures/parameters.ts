import type { Rank, Variable } from '@tensorflow/tfjs-core';
import { UserError } from '../../contract/wire/errors.ts';
import type { Initialization } from '../../contract/recipes/training-parts.ts';
import { randomStream } from '../../domain/random/random.ts';
import type { Engine } from '../engines/engine.ts';
import { type Draws, gaussian, initialDraws, uniform } from './initializations.ts';
import type { Model, Parameter, Seeds } from './model.ts';
import type { NetworkTf } from '../engines/network-ops.ts';

/** A parameter's values, independent of any engine. For the layouts see the ops (engines/engine.ts). */
export interface ParameterValue {
  shape: number[];
  values: Float32Array;
}

/** Initial values of a parameter. Each parameter has its own stream, drawn from in row-major order. */
export interface Initial {
  draws: Draws;
  /** Weights and biases of dense and convolutional layers, for which a recipe may name another initialization. */
  ofLayer?: true;
}

/** U(-1/sqrt(fanIn), 1/sqrt(fanIn)): PyTorch's default for weights and biases of dense and convolutional layers. */
export const uniformByFanIn = (fanIn: number): Initial => ({ draws: uniform(1 / Math.sqrt(fanIn)), ofLayer: true });
export const normal = (mean: number, deviation: number): Initial => ({ draws: gaussian(mean, deviation) });
export const constant = (value: number): Initial => ({ draws: () => () => value });

/** Collects a model's parameters, with a leading axis of seeds if there are several; each seed gets its own values. */
export class ParameterSet {
  readonly parameters: Parameter[] = [];
  readonly #tf: NetworkTf;
  readonly #seeds: number | readonly number[] | null;
  readonly #initialisation: Initialization | undefined;

  constructor(tf: NetworkTf, seeds: Seeds) {
    const named = typeof seeds === 'object' && seeds !== null && 'initialisation' in seeds ? seeds : null;
    this.#tf = tf;
    this.#seeds = named ? named.seed : (seeds as Exclude<Seeds, { seed: number }>);
    this.#initialisation = named?.initialisation;
  }

  /** A trained parameter. Its initial values depend on the seed, its name and its shape alone. */
  weight<R extends Rank>(name: string, shape: number[], initial: Initial): Variable<R> {
    return this.#add(name, shape, initial, true);
  }

  /** A value that is saved with the weights but not trained. */
  statistic<R extends Rank>(name: string, shape: number[], value: number): Variable<R> {
    return this.#add(name, shape, constant(value), false);
  }

  /** A value that is initialized and saved like a weight but not trained. */
  constant<R extends Rank>(name: string, shape: number[], initial: Initial): Variable<R> {
    return this.#add(name, shape, initial, false);
  }

  dispose(): void {
    for (const { variable } of this.parameters) variable.dispose();
  }

  /** A named initialization is that of layers' weights; their biases are then 0, as in the papers. */
  #drawsOf({ draws, ofLayer }: Initial, shape: readonly number[]): Draws {
    if (!ofLayer || !this.#initialisation) return draws;
    return shape.length < 2 ? constant(0).draws : initialDraws(this.#initialisation, shape);
  }

  #add<R extends Rank>(name: string, shape: number[], initial: Initial, trainable: boolean): Variable<R> {
    const tf = this.#tf;
    const seeds = this.#seeds;
    const values = initialValues(name, shape, this.#drawsOf(initial, shape), seeds);
    const fullShape = Array.isArray(seeds) ? [seeds.length, ...shape] : shape;
    const variable = tf.tidy(() => tf.variable(tf.tensor(values, fullShape), trainable)) as Variable as Variable<R>;
    this.parameters.push({ name, variable, trainable });
    return variable;
  }
}

function initialValues(
  name: string,
  shape: readonly number[],
  draws: Draws,
  seeds: number | readonly number[] | null,
): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (seeds === null) return new Float32Array(size);
  const all = typeof seeds === 'number' ? [seeds] : seeds;
  const values = new Float32Array(all.length * size);
  all.forEach((seed, index) => {
    const draw = draws(randomStream(seed, 'weights', name), shape);
    for (let k = 0; k < size; k++) values[index * size + k] = draw();
  });
  return values;
}

/** All weights and statistics of a model by name. */
export async function parameterValues(engine: Engine, model: Model): Promise<Record<string, ParameterValue>> {
  const { parameters } = model;
  const values = await engine.read(parameters.map(({ variable }) => variable));
  return Object.fromEntries(
    parameters.map(({ name, variable }, index) => [name, { shape: [...variable.shape], values: values[index]! }]),
  );
}

/** Loads all values, or none. @throws UserError `weights.mismatch` if one is missing, unknown or of another shape */
export function loadParameters(
  engine: Pick<Engine, 'write'>,
  model: Model,
  values: Record<string, ParameterValue>,
): void {
  const names = new Set(model.parameters.map(({ name }) => name));
  for (const name of Object.keys(values)) if (!names.has(name)) throw mismatch(name);
  for (const { name, variable } of model.parameters) {
    if (values[name]?.shape.join() !== variable.shape.join()) throw mismatch(name);
    if (values[name].values.length !== variable.size) throw mismatch(name);
  }
  engine.write(new Map(model.parameters.map(({ name, variable }) => [variable, values[name]!.values])));
}

function mismatch(name: string): UserError {
  return new UserError(
    'weights.mismatch',
    'These weights belong to a different architecture',
    `parameter ${name}`,
    'Use them with the recipe that they were trained with.',
  );
}
