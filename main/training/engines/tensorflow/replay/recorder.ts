import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import { kept } from '../../../../domain/numbers/arrays.ts';
import type { Entry } from '../../engine.ts';
import type { Attribute, Binding, Context, TensorId, Updates } from '../context.ts';
import { type Constant, type Graph, type GraphVariables, type Ref, findVariable } from './graph.ts';

/** A recorded step: nodes to feed, and results to fetch, by name. Fetching any result updates all variables. */
export interface RecordedEntry {
  inputs: Record<string, string>;
  results: Record<string, Ref>;
}

/** How the step has used a variable so far. */
interface Use {
  /** The last read, and the nodes that take its value. */
  value: Ref | undefined;
  readers: Set<string>;
  /** The last update. */
  update: string | undefined;
}

/**
 * Records one step: runs it on zeros, op by op, and adds each op to the graph as a node. Variables keep their values.
 *
 * Data dependencies order the nodes, except for variables: a node that reads a variable before its update must run before
 * the update, and one that reads it afterwards must run after it. Control edges express this.
 */
export class Recorder implements Updates {
  readonly #c: Context;
  readonly #graph: Graph;
  readonly #variables: GraphVariables;
  readonly #name: string;
  /** Nodes of the tensors that were created while recording. */
  readonly #refs = new Map<TensorId, Ref>();
  readonly #constants = new Map<TensorId, Constant>();
  readonly #owners = new Map<TensorId, Variable>();
  readonly #uses = new Map<Variable, Use>();
  readonly #updates: string[] = [];

  constructor(c: Context, graph: Graph, variables: GraphVariables, name: string) {
    this.#c = c;
    this.#graph = graph;
    this.#variables = variables;
    this.#name = name;
  }

  record({ step, inputs }: Entry): RecordedEntry {
    const { tf } = this.#c;
    const placeholders: Record<string, Tensor> = {};
    const names: Record<string, string> = {};
    for (const [key, { shape, dtype }] of Object.entries(inputs)) {
      placeholders[key] = tf.zeros([...shape], dtype);
      names[key] = this.#placeholder(placeholders[key], `${this.#name}/${key}`);
    }
    const results = this.#keepingVariables(() => this.#recording(() => this.#run(step, placeholders)));
    tf.dispose(placeholders);
    return { inputs: names, results };
  }

  /** An op that changes variables in place: recorded, but not run. */
  update(op: string, attributes: Attribute[], variables: readonly Variable[], inputs: readonly Tensor[]): void {
    const refs = this.#c.backend.getInputTensorIds([...inputs]).map((id) => this.#toRef(id));
    const uses = variables.map((variable) => this.#use(variable));
    const after = uses.flatMap(({ value, readers, update }) => [value?.node, ...readers, update]);
    const handles = variables.map((variable) => this.#variables.get(variable).handle);
    const earlier = new Set(after.filter((node) => node !== undefined));
    const { node } = this.#graph.add({ op, inputs: [...handles, ...refs], after: earlier, attributes });
    for (const use of uses) Object.assign(use, { value: undefined, readers: new Set(), update: node });
    this.#updates.push(node);
  }

  #run(step: Entry['step'], inputs: Record<string, Tensor>): Record<string, Ref> {
    const { tf, attr, backend } = this.#c;
    const before = new Map(registered(this.#c).map((variable) => [variable, variable.dataId]));
    const results = tf.tidy(() => step(inputs));
    for (const [variable, dataId] of before) {
      if (variable.dataId === dataId) continue;
      this.update('AssignVariableOp', [attr.type('dtype', 'float32')], [variable], [variable]);
    }
    const refs: Record<string, Ref> = {};
    for (const [key, tensor] of Object.entries(results)) {
      const inputs = backend.getInputTensorIds([tensor]).map((id) => this.#toRef(id));
      refs[key] = this.#graph.add({ op: 'Identity', inputs, after: this.#updates, attributes: [attr.T] });
    }
    tf.dispose(results);
    return refs;
  }

  /** Steps assign to variables while they are recorded; afterwards the variables get their tensors back. */
  #keepingVariables<Result>(run: () => Result): Result {
    const { backend, tf } = this.#c;
    const variables = registered(this.#c);
    // tfjs-node creates a tensor when it is first used. Created while recording, it would count as a constant.
    backend.getInputTensorIds(variables);
    const originals = variables.map((variable) => ({ variable, original: variable.clone() }));
    try {
      return run();
    } finally {
      for (const { variable, original } of originals) {
        if (variable.dataId !== original.dataId) variable.assign(original);
      }
      tf.dispose(originals.map(({ original }) => original));
    }
  }

  /** Runs with a binding that records all calls. */
  #recording<Result>(run: () => Result): Result {
    const { backend } = this.#c;
    const { binding } = backend;
    const createTensor: Binding['createTensor'] = (shape, dtype, values) => {
      const id = binding.createTensor(shape, dtype, values);
      this.#constants.set(id, { dtype, shape: [...shape], values: values.slice() });
      return id;
    };
    const executeOp: Binding['executeOp'] = (op, attributes, inputs, outputs) => {
      if (inputs.includes(-1)) throw new Error('the step uses a variable of another program');
      const results = binding.executeOp(op, attributes, inputs, outputs);
      const { node } = this.#graph.add({ op, attributes, inputs: inputs.map((id) => this.#toRef(id)) });
      for (const id of inputs) this.#addReader(id, node);
      results.forEach(({ id }, output) => {
        this.#refs.set(id, { node, output });
      });
      return results;
    };
    backend.binding = Object.create(binding, {
      createTensor: { value: createTensor },
      executeOp: { value: executeOp },
    });
    this.#c.updates = this;
    try {
      return run();
    } finally {
      this.#c.updates = undefined;
      backend.binding = binding;
    }
  }

  #placeholder(tensor: Tensor, name: string): string {
    const { attr, backend } = this.#c;
    const [id] = backend.getInputTensorIds([tensor]) as [TensorId];
    const attributes = [attr.type('dtype', tensor.dtype as 'float32' | 'int32'), attr.shape('shape', tensor.shape)];
    this.#refs.set(id, this.#graph.add({ op: 'Placeholder', attributes }, name));
    return name;
  }

  #toRef(id: TensorId): Ref {
    const ref = this.#refs.get(id);
    if (ref) return ref;
    const constant = this.#constants.get(id);
    if (constant) {
      const made = this.#graph.constant(constant);
      this.#refs.set(id, made);
      return made;
    }
    const variable = this.#owners.get(id) ?? findVariable(this.#c, id);
    if (!variable) throw new Error('a compiled step may only use its inputs, variables and tensors computed from them');
    this.#owners.set(id, variable);
    return this.#read(variable);
  }

  #read(variable: Variable): Ref {
    const use = this.#use(variable);
    use.value ??= this.#graph.add({
      op: 'ReadVariableOp',
      inputs: [this.#variables.get(variable).handle],
      after: use.update ? [use.update] : [],
      attributes: [this.#c.attr.type('dtype', 'float32')],
    });
    return use.value;
  }

  #addReader(id: TensorId, node: string): void {
    const variable = this.#owners.get(id);
    if (variable) this.#use(variable).readers.add(node);
  }

  #use(variable: Variable): Use {
    return kept(this.#uses, variable, () => ({ value: undefined, readers: new Set(), update: undefined }));
  }
}

const registered = ({ tf }: Context): Variable[] => Object.values(tf.engine().state.registeredVariables);
