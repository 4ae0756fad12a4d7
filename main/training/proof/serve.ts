import { messageOf } from '../../contract/errors.ts';
import type { ProvenEngine } from '../../contract/proof.ts';
import { serve } from '../../processes/serve.ts';
import type { ConformanceCheck } from '../conformance/check.ts';
import { conformanceChecks, opChecks } from '../conformance/checks.ts';
import { trainingMemory } from '../conformance/memory.ts';
import { pytorchChecks } from '../conformance/pytorch.ts';
import { type SmallName, smallNames } from '../conformance/small-models.ts';
import { loadDataSet } from '../data/load-data-set.ts';
import { selfCheck } from '../engine-choice/self-check.ts';
import type { Engine } from '../engines/engine.ts';
import { findAdapter, isSoftware } from '../engines/webgpu/device.ts';
import { proofCalls } from './calls.ts';
import { createWork } from './own-work.ts';
import type { Done } from './protocol.ts';
import type { Work } from './work.ts';

/** Answers `proofCalls` in this process. @param opening the engine; the first question reports why it does not open */
export function serveProof(opening: Promise<Engine>): void {
  opening.catch(() => undefined);
  const works = new Map<string, Work>();
  serve(proofCalls, {
    describe: async () => describeEngine(await opening),
    selfCheck: async () => selfCheck(await opening),
    conformance: async ({ models, repeated, groups }, { signal, emit }) => {
      const engine = await opening;
      const options = { steps: 0, models: known(models), repeated: known(repeated) };
      for (const check of [...opChecks(engine), ...conformanceChecks(options), ...pytorchChecks()]) {
        const { group, name } = check;
        if (groups !== null && !groups.includes(group)) continue;
        emit({ begins: `${group}: ${name}` });
        const start = performance.now();
        const failure = await failureOf(check, engine);
        emit({ group, name, failure, seconds: (performance.now() - start) / 1000 });
        await turn(signal);
      }
      return undefined;
    },
    memory: async ({ models, steps }, { signal, emit }) => {
      for (const model of known(models)) {
        const [before, after] = await trainingMemory(await opening, model, steps);
        const pair = (of: 'tensors' | 'bytes' | 'resident'): [number, number] => [before[of], after[of]];
        emit({ model, tensors: pair('tensors'), bytes: pair('bytes'), resident: pair('resident') });
        await turn(signal);
      }
      return undefined;
    },
    prepare: async ({ work, task }) => {
      const engine = await opening;
      const prepared = await createWork(engine, task, loadDataSet({ source: 'mnist' }, '.'));
      works.set(work, prepared);
      return { parameters: prepared.parameters, versions: engine.description.versions, notes: {} };
    },
    perform: async ({ work, command }): Promise<Done> => {
      const [wall, cpu] = [performance.now(), process.cpuUsage()];
      const value = await found(works, work).perform(command);
      if (!Number.isFinite(value)) throw new Error(`the loss is ${value}`);
      const { user, system } = process.cpuUsage(cpu);
      const memory = process.resourceUsage().maxRSS * 1024;
      return { wall: performance.now() - wall, cpu: (user + system) / 1000, value, memory };
    },
    release: ({ work }) => {
      works.get(work)?.dispose();
      works.delete(work);
      return undefined;
    },
  });
}

const known = (names: readonly string[]): SmallName[] => smallNames.filter((name) => names.includes(name));

/** Lets a message of the parent in, and ends the work that nobody waits for. */
async function turn(signal: AbortSignal): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal.throwIfAborted();
}

async function failureOf(check: ConformanceCheck, engine: Engine): Promise<string | null> {
  try {
    await check.run(engine);
    return null;
  } catch (error) {
    return beginningOf(messageOf(error));
  }
}

/** Whole words: half of a path could not be told from other words. */
const beginningOf = (text: string): string => (text.length <= 1000 ? text : text.slice(0, 1000).replace(/\S*$/, '…'));

function found(works: ReadonlyMap<string, Work>, name: string): Work {
  const work = works.get(name);
  if (!work) throw new Error(`the process has started again, and ${name} is not prepared`);
  return work;
}

async function describeEngine({ description }: Engine): Promise<ProvenEngine> {
  const { name, versions, device } = description;
  if (name !== 'webgpu') {
    const hardware = name === 'tensorflow' && device === 'gpu' ? 'gpu' : 'processor';
    return { name, hardware, device, adapter: null, versions };
  }
  const adapter = await findAdapter(process.env);
  if ('absent' in adapter) throw new Error(adapter.absent);
  const { info } = adapter.adapter;
  const { vendor, architecture, device: part, description: driver } = info;
  return {
    name,
    device,
    versions,
    hardware: isSoftware(info) ? 'software' : 'gpu',
    adapter: { vendor, architecture, device: part, description: driver },
  };
}
