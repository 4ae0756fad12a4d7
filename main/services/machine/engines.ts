import { join } from 'node:path';
import type { MachineEngine, MachineOptions, TensorflowBuild } from '../../contract/api/machine.ts';
import { tensorflowVariants } from '../../contract/api/machine.ts';
import { UserError } from '../../contract/errors.ts';
import { isInstalled } from '../../training/engines/tensorflow/install/install.ts';
import { releaseFor } from '../../training/engines/tensorflow/install/release.ts';
import { findTools } from '../../training/engines/tensorflow/install/tools.ts';
import { tensorflowFolder } from '../../training/engines/tensorflow/locate.ts';
import { engineStatuses } from '../../training/engines/open.ts';
import type { Report } from '../../training/engines/tensorflow/install/report.ts';
import type { CheckedEngines } from '../tools/engines.ts';
import type { TaskEvent } from './tasks.ts';

/** Every engine, with the outcome of the last check where that still holds. */
export function engineStates(known: CheckedEngines | null, wanted: MachineOptions['engine']): MachineEngine[] {
  const best = known?.names[0] ?? engineStatuses().find(({ available }) => available === true)?.name;
  const chosen = wanted === 'auto' ? best : wanted;
  return engineStatuses().map(({ name, available, note }) => {
    const check = known?.checks.find((each) => each.name === name);
    const unchecked = available === false ? 'absent' : 'untried';
    return {
      name,
      state: check?.state ?? unchecked,
      note: check?.note ?? note,
      speedOverWasm: check?.speedOverWasm ?? null,
      chosen: name === chosen,
    };
  });
}

/** The builds of TensorFlow for this user, and why those that are not installed cannot be. */
export async function tensorflowBuilds(environment: NodeJS.ProcessEnv): Promise<TensorflowBuild[]> {
  // Starting pip takes a second: only for what is not installed yet.
  let tools: Promise<string | null> | undefined;
  const missingTools = (): Promise<string | null> => {
    tools ??= findObstacle(() => findTools(environment));
    return tools;
  };
  return Promise.all(
    tensorflowVariants.map(async (variant) => {
      const unpublished = await findObstacle(() => releaseFor(variant));
      if (unpublished !== null) {
        return { variant, installed: false, obstacle: unpublished, downloadBytes: 0, diskBytes: 0 };
      }
      const { id, wheel, diskBytes } = releaseFor(variant);
      const installed = isInstalled(join(tensorflowFolder(environment), id));
      const obstacle = installed ? null : await missingTools();
      return { variant, installed, obstacle, downloadBytes: wheel.bytes, diskBytes };
    }),
  );
}

/** Why something is not available, in words for a person; null: it is. */
async function findObstacle(find: () => unknown): Promise<string | null> {
  try {
    await find();
    return null;
  } catch (error) {
    if (error instanceof UserError) return `${error.message}. ${error.remedy}`;
    throw error;
  }
}

const progressInterval = 200;

/** What an installation reports, as events of its task: finished steps as lines, and the share of a step that is done. */
export function installReport(emit: (event: TaskEvent) => void): Report {
  let last = 0;
  return (event) => {
    if (event.type === 'begin') emit({ type: 'progress', share: null, note: event.step });
    else if (event.type === 'note') emit({ type: 'line', text: event.text });
    else if (event.type === 'end') {
      emit({ type: 'line', text: `${event.step}: ${event.text} (${event.seconds.toFixed(1)} s)` });
    } else if (performance.now() - last >= progressInterval) {
      last = performance.now();
      emit({ type: 'progress', share: shareDone(event.text), note: `${event.step}: ${event.text}` });
    }
  };
}

/** `120 of 274 MB` -> 0.438; null for other words. */
export function shareDone(text: string): number | null {
  const [, done, total] = /^([\d.]+)(?: \w+)? of ([\d.]+)/.exec(text) ?? [];
  const share = Number(done) / Number(total);
  return Number.isFinite(share) ? Math.min(1, share) : null;
}
