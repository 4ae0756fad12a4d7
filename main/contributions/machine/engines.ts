import { join } from 'node:path';
import { type EngineName, engineTitles, type MachineOptions } from '../../contract/runs/index.ts';
import type { MachineEngine, TensorflowBuild } from './contract.ts';
import { tensorflowVariants } from './contract.ts';
import { UserError } from '../../contract/wire/index.ts';
import { findTools, isInstalled, releaseFor, type Report } from '../../training/engines/tensorflow/install/index.ts';
import { tensorflowFolder } from '../../training/engines/tensorflow/index.ts';
import { engineStatuses } from '../../training/engines/index.ts';
import type { CheckedEngines } from '../../services/tools/index.ts';
import type { Graphics } from './graphics.ts';
import type { TaskEvent } from '../../services/tasks/index.ts';

interface Choice {
  /** As set on the Machine screen. */
  wanted: MachineOptions['engine'];
  /** From the environment, which counts if `wanted` is `auto`. */
  named: EngineName | null;
}

/** Which engine trains new models, and why, in a sentence or two. @param engines as `engineStates` gives them */
export function whyEngine(engines: readonly MachineEngine[], { wanted, named }: Choice): string {
  const chosen = engines.find((engine) => engine.chosen);
  if (!chosen) return 'No engine works on this machine. See below why.';
  const own = engineTitles[chosen.name];
  if (wanted === 'auto' && named === null) {
    return chosen.state === 'passed'
      ? `New models train on ${own}, the fastest engine that passed its check.`
      : `New models train on ${own} until the engines are checked. Then the fastest that passes its check does.`;
  }
  const by = wanted === 'auto' ? 'BOUNDARY_ENGINE names it' : 'it is chosen under Training below';
  const begin = `New models train on ${own}, because ${by}.`;
  const fastest = engines
    .filter(({ state, speedOverWasm }) => state === 'passed' && speedOverWasm !== null)
    .sort((a, b) => (b.speedOverWasm ?? 0) - (a.speedOverWasm ?? 0))[0];
  const ratio = (fastest?.speedOverWasm ?? 0) / (chosen.speedOverWasm ?? Number.POSITIVE_INFINITY);
  if (!fastest || fastest.name === chosen.name || ratio <= 1) return begin;
  return `${begin} ${engineTitles[fastest.name]} passed its check too and is ${ratio.toFixed(1)} times as fast.`;
}

export function engineStates(known: CheckedEngines | null, { wanted, named }: Choice): MachineEngine[] {
  const best = known?.names[0] ?? engineStatuses().find(({ available }) => available === true)?.name;
  const chosen = wanted === 'auto' ? (named ?? best) : wanted;
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

/**
 * The builds of TensorFlow for this user, and why those that are not installed cannot be.
 * @param graphics cards that CUDA could use
 */
export async function tensorflowBuilds(
  environment: NodeJS.ProcessEnv,
  graphics: () => Promise<Graphics>,
): Promise<TensorflowBuild[]> {
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
      const obstacle = installed
        ? null
        : ((variant === 'cuda' ? await noCard(graphics) : null) ?? (await missingTools()));
      return { variant, installed, obstacle, downloadBytes: wheel.bytes, diskBytes };
    }),
  );
}

/** Why CUDA would be of no use; null: there is a card. */
async function noCard(graphics: () => Promise<Graphics>): Promise<string | null> {
  const { seen, why } = await graphics();
  return seen.length > 0 ? null : `Of no use here: ${why}.`;
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
