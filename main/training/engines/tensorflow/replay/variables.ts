import type { Variable } from '@tensorflow/tfjs-core';
import type { Context } from '../context.ts';
import type { TensorId } from '../raw.ts';
import type { Graph, Ref } from './graph.ts';

/** A variable of the graph, and the nodes by which its value goes in and out. */
export interface GraphVariable {
  variable: Variable;
  handle: Ref;
  /** Gives the value. */
  read: Ref;
  /** Takes a value. */
  input: string;
  /** Fetched, it has assigned what `input` was given. */
  written: Ref;
}

/** The variables that the steps of one graph use, found while they are recorded. */
export class GraphVariables {
  readonly #c: Context;
  readonly #graph: Graph;
  readonly #known = new Map<Variable, GraphVariable>();

  constructor(c: Context, graph: Graph) {
    this.#c = c;
    this.#graph = graph;
  }

  /** The graph's counterpart of a tfjs variable. */
  of(variable: Variable): GraphVariable {
    const known = this.#known.get(variable);
    if (known) return known;
    const made = this.#create(variable, `v${this.#known.size}`);
    this.#known.set(variable, made);
    return made;
  }

  get all(): ReadonlyMap<Variable, GraphVariable> {
    return this.#known;
  }

  #create(variable: Variable, name: string): GraphVariable {
    const graph = this.#graph;
    const { attr } = this.#c;
    const dtype = attr.type('dtype', 'float32');
    const shape = attr.shape('shape', variable.shape);
    const attributes = [dtype, shape, attr.string('shared_name', name), attr.string('container', '')];
    const handle = graph.add({ op: 'VarHandleOp', attributes }, name);
    const read = graph.add({ op: 'ReadVariableOp', inputs: [handle], attributes: [dtype] });
    const input = graph.add({ op: 'Placeholder', attributes: [dtype, shape] });
    const assign = graph.add({ op: 'AssignVariableOp', inputs: [handle, input], attributes: [dtype] });
    const done = graph.constant({ dtype: this.#c.backend.binding.TF_FLOAT, shape: [], values: new Float32Array(1) });
    const written = graph.add({ op: 'Identity', inputs: [done], after: [assign.node], attributes: [attr.T] });
    return { variable, handle, read, input: input.node, written };
  }
}

/** The tfjs variable whose tensor this is. */
export function variableOf({ tf, backend }: Context, id: TensorId): Variable | undefined {
  const variables = Object.values(tf.engine().state.registeredVariables);
  return variables.find(({ dataId }) => backend.tensorMap.get(dataId).id === id);
}
