import { UserError } from '../../contract/wire/errors.ts';
import type { EngineName } from '../../contract/runs/run.ts';
import type { Study } from '../../contract/studies/study.ts';
import type { Launcher } from '../../processes/launcher.ts';
import {
  availableEngines,
  type AvailableEngines,
  type CheckedEngines,
  checkEngines,
  describeEngine,
} from '../tools/engines.ts';
import type { StudyListener } from './events.ts';

interface EngineRequest {
  study: Study;
  engine: EngineName | null;
  listener: StudyListener;
  signal: AbortSignal;
  launcher?: Launcher | undefined;
}

/**
 * The engines that a study's runs may take, the one for new runs first: the one that is asked for, or all that passed
 * their self-check, the fastest one first. Says which, and which ones failed.
 * @throws UserError `engine.other-in-study`, `engine.not-available`, `engine.failed-self-check`, `engine.none`
 */
export async function enginesForStudy(request: EngineRequest): Promise<EngineName[]> {
  const { study, engine, listener, signal } = request;
  const pinned = study.engine === 'auto' ? null : study.engine;
  if (engine !== null && pinned !== null && engine !== pinned) throw otherEngine(engine, pinned);
  const wanted = engine ?? pinned;
  const began = performance.now();
  // wasm is what everything is compared with, and what is asked for where the others make trouble.
  const checked = wanted === 'wasm' ? null : await tryEngines(request);
  const { names, missing } = checked ?? availableEngines();
  const chosen = wanted ?? names[0];
  if (chosen === undefined) throw noEngine(missing);
  if (wanted !== null && !names.includes(wanted)) throw unusable(request, wanted, checked, missing[wanted]);
  for (const each of checked?.checks ?? []) {
    if (each.state !== 'failed') continue;
    listener({
      type: 'warning',
      message: `The engine ${each.name} failed its self-check and is not used: ${each.note}`,
    });
  }
  if (signal.aborted) return names;
  const detail = `${checked ? describeEngine(chosen, checked) : chosen}${wanted === null ? '' : ', as asked for'}`;
  listener({ type: 'step', name: 'Engine', detail, seconds: (performance.now() - began) / 1000 });
  return wanted === null ? names : [wanted];
}

/** Null if the user stops meanwhile: then nothing runs, on whatever engine. */
async function tryEngines({ listener, signal, launcher }: EngineRequest): Promise<CheckedEngines | null> {
  const onCheck = (): void => {
    listener({ type: 'step', name: 'Engine', detail: 'checking the engines of this machine, once ...', seconds: null });
  };
  try {
    return await checkEngines({ onCheck, signal, launcher });
  } catch (error) {
    if (signal.aborted) return null;
    throw error;
  }
}

/** Runs that are pinned to one engine would wait for ever for the other. */
const otherEngine = (asked: EngineName, pinned: EngineName): UserError =>
  new UserError(
    'engine.other-in-study',
    `This study uses the engine ${pinned}, but you asked for ${asked}`,
    '--engine or BOUNDARY_ENGINE',
    'Leave the option out, or change "engine" in the study file. Its runs then start from the beginning.',
  );

function unusable(
  { engine }: EngineRequest,
  wanted: EngineName,
  checked: CheckedEngines | null,
  reason = 'unknown reason',
): UserError {
  const failed = checked?.checks.find(({ name }) => name === wanted)?.state === 'failed';
  const install = wanted === 'tensorflow' ? 'Install it with `boundary engine install`, or ' : '';
  const again = failed ? 'Try it again with `boundary engine check` once the cause is fixed, or ' : install;
  const remedy = `${again}${engine ? 'use --engine auto' : 'name another in the study file'}.`;
  return new UserError(
    failed ? 'engine.failed-self-check' : 'engine.not-available',
    `The engine ${wanted} does not work on this machine: ${reason}`,
    engine ? '--engine' : 'the study file, engine',
    remedy.charAt(0).toUpperCase() + remedy.slice(1),
  );
}

function noEngine(missing: AvailableEngines['missing']): UserError {
  const reasons = Object.entries(missing).map(([name, why]) => `${name}: ${why}`);
  return new UserError(
    'engine.none',
    `No engine works on this machine. ${reasons.join('; ')}`,
    'engines',
    'Fix one of them, then run `boundary engine check`. `boundary doctor` shows details.',
  );
}
