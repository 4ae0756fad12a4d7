import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../../contract/errors.ts';
import type { Binding, TensorId } from '../raw.ts';
import type { Graph, Ref } from './graph.ts';

/** A graph that TensorFlow has loaded, with the values of its variables. */
export class Session {
  readonly #binding: Binding;
  readonly #id: number;

  /** @throws UserError `engine.no-graph` */
  constructor(binding: Binding, graph: Graph) {
    this.#binding = binding;
    this.#id = inTemporaryFolder(graph.savedModel(), (folder) => binding.loadSavedModel(folder, 'serve'));
  }

  /**
   * Runs what the wanted results need, and nothing else. The first run with the same inputs and results optimises the
   * graph for them.
   * @returns tensors, the caller's to delete
   */
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

/** TensorFlow loads graphs from a folder only, and doesn't need it afterwards. */
function inTemporaryFolder<Result>(savedModel: Uint8Array, load: (folder: string) => Result): Result {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'boundary-graph-'));
    writeFileSync(join(folder, 'saved_model.pb'), savedModel);
    return load(folder);
  } catch (error) {
    throw new UserError({
      code: 'engine.no-graph',
      what: `TensorFlow cannot load a recorded step: ${error instanceof Error ? error.message : String(error)}`,
      where: folder ?? tmpdir(),
      remedy: 'Make room in the temporary folder, or name another one in TMPDIR.',
      cause: error,
    });
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}
