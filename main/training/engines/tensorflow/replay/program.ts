import type { Variable } from '@tensorflow/tfjs-core';
import type { CompiledStep, Entry, Program, TensorMap } from '../../engine.ts';
import type { Context } from '../context.ts';
import type { TensorId } from '../raw.ts';
import { Graph } from './graph.ts';
import { type RecordedEntry, Recorder } from './recorder.ts';
import { Session } from './session.ts';
import { type GraphVariable, GraphVariables } from './variables.ts';

/** Entries recorded into one graph, and a session that holds the values of their variables. */
export class RecordedProgram<Name extends string> implements Program<Name> {
  readonly run: Readonly<Record<Name, CompiledStep>>;
  readonly #c: Context;
  readonly #session: Session;
  readonly #variables: ReadonlyMap<Variable, GraphVariable>;

  constructor(c: Context, entries: Record<Name, Entry>) {
    const graph = new Graph(c.backend.binding);
    const variables = new GraphVariables(c, graph);
    const recorded = Object.entries<Entry>(entries).map(
      ([name, entry]) => [name, new Recorder(c, graph, variables, name).record(entry)] as const,
    );
    this.#c = c;
    this.#session = new Session(c.backend.binding, graph);
    this.#variables = variables.all;
    this.run = Object.fromEntries(recorded.map(([name, entry]) => [name, this.#compiled(entry)])) as typeof this.run;
    this.#moveIn();
  }

  /** The variables that the entries use, which have moved in here. */
  get variables(): Iterable<Variable> {
    return this.#variables.keys();
  }

  read(variables: readonly Variable[]): Float32Array[] {
    const nodes = variables.map((variable) => this.#variables.get(variable)!.read);
    return this.#values(this.#session.run([], nodes));
  }

  write(values: ReadonlyMap<Variable, Float32Array>): void {
    const { binding } = this.#c.backend;
    const ids = new Map<Variable, TensorId>();
    for (const [variable, data] of values) {
      ids.set(variable, binding.createTensor(variable.shape, binding.TF_FLOAT, data));
    }
    this.#assign(ids);
    for (const id of ids.values()) binding.deleteTensor(id);
  }

  dispose(): void {
    this.#session.dispose();
  }

  #compiled({ inputs, results }: RecordedEntry): CompiledStep {
    const names = Object.keys(results);
    const wanted = Object.values(results);
    return async (given: TensorMap) => {
      const fed = Object.entries(inputs).map(([name, node]) => {
        const [id] = this.#c.backend.getInputTensorIds([given[name]!]) as [TensorId];
        return { node, id };
      });
      const values = this.#values(this.#session.run(fed, wanted));
      return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    };
  }

  /** Gives the session the variables' values, and leaves none behind that could be mistaken for them later. */
  #moveIn(): void {
    const { backend } = this.#c;
    const variables = [...this.#variables.keys()];
    const ids = backend.getInputTensorIds(variables);
    this.#assign(new Map(variables.map((variable, index) => [variable, ids[index]!])));
    for (const variable of variables) {
      const data = backend.tensorMap.get(variable.dataId);
      backend.binding.deleteTensor(data.id);
      // What tfjs-node takes for "no tensor": it deletes none when the variable is disposed of.
      data.id = -1;
    }
  }

  #assign(ids: ReadonlyMap<Variable, TensorId>): void {
    const all = [...ids].map(([variable, id]) => ({ ...this.#variables.get(variable)!, id }));
    const inputs = all.map(({ input, id }) => ({ node: input, id }));
    const done = this.#session.run(
      inputs,
      all.map(({ written }) => written),
    );
    for (const id of done) this.#c.backend.binding.deleteTensor(id);
  }

  #values(ids: readonly TensorId[]): Float32Array[] {
    const { binding } = this.#c.backend;
    return ids.map((id) => {
      const values = binding.tensorDataSync(id) as Float32Array;
      binding.deleteTensor(id);
      return values;
    });
  }
}
