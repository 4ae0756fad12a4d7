import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Variable } from '@tensorflow/tfjs-core';
import { messageOf, UserError } from '../../../../contract/wire/errors.ts';
import type { CompiledStep, Engine, Entry, Program, TensorMap } from '../../engine.ts';
import { eager } from '../../fallbacks.ts';
import type { Binding, Context, TensorId } from '../context.ts';
import { Graph, type GraphVariable, GraphVariables, type Ref } from './graph.ts';
import { type RecordedEntry, Recorder } from './recorder.ts';

/** Records each step once and replays it as a graph, in a session that holds the variables. */
export function replaying(c: Context): Pick<Engine, 'compile' | 'read' | 'write'> {
  const owners = new WeakMap<Variable, RecordedProgram<string>>();
  const direct = eager(c.tf);
  return {
    compile: <Name extends string>(entries: Record<Name, Entry>) => {
      const program = new RecordedProgram(c, entries);
      for (const variable of program.variables) owners.set(variable, program);
      return program;
    },
    read: async (variables) => {
      const values = new Map<Variable, Float32Array>();
      for (const [program, own] of Map.groupBy(variables, (variable) => owners.get(variable))) {
        const read = await (program ?? direct).read(own);
        own.forEach((variable, index) => {
          values.set(variable, read[index]!);
        });
      }
      return variables.map((variable) => values.get(variable)!);
    },
    write: (values) => {
      for (const [program, own] of Map.groupBy(values, ([variable]) => owners.get(variable))) {
        (program ?? direct).write(new Map(own));
      }
    },
  };
}

/** Entries recorded into one graph, and a session that holds the values of their variables. */
class RecordedProgram<Name extends string> implements Program<Name> {
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
    this.#takeVariables();
  }

  /** The variables that the entries use, which this program owns. */
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
      const feeds = Object.entries(inputs).map(([name, node]) => {
        const [id] = this.#c.backend.getInputTensorIds([given[name]!]) as [TensorId];
        return { node, id };
      });
      const values = this.#values(this.#session.run(feeds, wanted));
      return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
    };
  }

  /** Moves the variables' values into the session, and deletes their tensors so that no stale values remain. */
  #takeVariables(): void {
    const { backend } = this.#c;
    const variables = [...this.#variables.keys()];
    const ids = backend.getInputTensorIds(variables);
    this.#assign(new Map(variables.map((variable, index) => [variable, ids[index]!])));
    for (const variable of variables) {
      const data = backend.tensorMap.get(variable.dataId);
      backend.binding.deleteTensor(data.id);
      // Means "no tensor" to tfjs-node, which then deletes none when the variable is disposed of.
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

/** A graph that TensorFlow has loaded, with the values of its variables. */
export class Session {
  readonly #binding: Binding;
  readonly #id: number;

  /** @throws UserError `engine.no-graph` */
  constructor(binding: Binding, graph: Graph) {
    this.#binding = binding;
    this.#id = inTemporaryFolder(graph.savedModel(), (folder) => binding.loadSavedModel(folder, 'serve'));
  }

  /** Runs only the nodes that the results need. @returns tensors, the caller's to delete */
  run(inputs: ReadonlyArray<{ node: string; id: TensorId }>, results: readonly Ref[]): TensorId[] {
    const names = inputs.map(({ node }) => `${node}:0`).join();
    const wanted = results.map(({ node, output }) => `${node}:${output}`).join();
    const ids = inputs.map(({ id }) => id);
    return this.#binding.runSavedModel(this.#id, ids, names, wanted).map(({ id }) => id);
  }

  dispose(): void {
    this.#binding.deleteSavedModel(this.#id);
  }
}

/** TensorFlow loads graphs only from a folder, which it doesn't need afterwards. */
function inTemporaryFolder<Result>(savedModel: Uint8Array, load: (folder: string) => Result): Result {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'boundary-graph-'));
    writeFileSync(join(folder, 'saved_model.pb'), savedModel);
    return load(folder);
  } catch (error) {
    throw new UserError(
      'engine.no-graph',
      `TensorFlow cannot load a recorded step: ${messageOf(error)}`,
      folder ?? tmpdir(),
      'Free some space in the temporary folder, or set TMPDIR to another one.',
      { cause: error },
    );
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}
