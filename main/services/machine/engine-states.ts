import { join } from 'node:path';
import type { MachineEngine, MachineOptions, MachineState } from '../../contract/api/machine.ts';
import { tensorflowVariants } from '../../contract/api/machine.ts';
import { UserError } from '../../contract/errors.ts';
import { isInstalled } from '../../training/engines/tensorflow/install/install.ts';
import { releaseFor } from '../../training/engines/tensorflow/install/release.ts';
import { findTools } from '../../training/engines/tensorflow/install/tools.ts';
import { tensorflowFolder } from '../../training/engines/tensorflow/locate.ts';
import { engineStatuses } from '../../training/engines/open.ts';
import type { TriedEngines } from '../tools/engines.ts';

/** Every engine, with the outcome of the last trial where that still holds. */
export function engineStates(known: TriedEngines | null, wanted: MachineOptions['engine']): MachineEngine[] {
  const best = known?.names[0] ?? engineStatuses().find(({ available }) => available === true)?.name;
  const chosen = wanted === 'auto' ? best : wanted;
  return engineStatuses().map(({ name, available, note }) => {
    const check = known?.tried.find((tried) => tried.name === name);
    const untried = available === false ? 'absent' : 'untried';
    return {
      name,
      state: check?.state ?? untried,
      note: check?.note ?? note,
      speedOverWasm: check?.speedOverWasm ?? null,
      chosen: name === chosen,
    };
  });
}

/** The builds of TensorFlow for this user, and what stands in the way of those that are not installed. */
export async function tensorflowBuilds(environment: NodeJS.ProcessEnv): Promise<MachineState['tensorflow']> {
  const tools = await obstacleOf(() => findTools(environment));
  return Promise.all(
    tensorflowVariants.map(async (variant) => {
      const unpublished = await obstacleOf(() => releaseFor(variant));
      if (unpublished !== null) {
        return { variant, installed: false, obstacle: unpublished, downloadBytes: 0, diskBytes: 0 };
      }
      const { id, wheel, diskBytes } = releaseFor(variant);
      const installed = isInstalled(join(tensorflowFolder(environment), id));
      const obstacle = installed ? null : tools;
      return { variant, installed, obstacle, downloadBytes: wheel.bytes, diskBytes };
    }),
  );
}

/** What a person is told where something can't be had; null: it can. */
async function obstacleOf(find: () => unknown): Promise<string | null> {
  try {
    await find();
    return null;
  } catch (error) {
    if (error instanceof UserError) return `${error.message}. ${error.remedy}`;
    throw error;
  }
}
