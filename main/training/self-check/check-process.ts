/** Checks the engine named by the argument and sends the outcome to the parent. A crash or hang affects only it. */
import { enableCompileCache } from 'node:module';
import { messageOf, UserError } from '../../contract/wire/errors.ts';
import { codeCacheFolder } from '../../files/places.ts';
import { parentPort } from '../../processes/parent-port.ts';
import type { EngineCheck } from '../engines/choice/choice.ts';

type Outcome = Omit<EngineCheck, 'name'>;

const port = parentPort<Outcome>();
port.onClose(() => process.exit());
enableCompileCache(codeCacheFolder());

async function checkThisEngine(): Promise<Outcome> {
  const { openNamed } = await import('../engines/open.ts');
  const { selfCheck } = await import('./self-check.ts');
  const { measureSpeed } = await import('./speed.ts');
  const engine = await openNamed(String(process.argv[2]));
  const wrong = await selfCheck(engine);
  if (wrong !== null) return { state: 'failed', note: wrong, speed: null };
  return { state: 'passed', note: engine.description.device, speed: await measureSpeed(engine) };
}

function failure(error: unknown): Outcome {
  const message = messageOf(error);
  if (error instanceof UserError && error.code === 'engine.absent') {
    // Without `The ... engine cannot run here: `, as the note is shown next to the engine's name.
    return { state: 'absent', note: message.slice(message.indexOf(': ') + 1).trim(), speed: null };
  }
  return { state: 'failed', note: message.slice(0, 1000), speed: null };
}

port.send(await checkThisEngine().catch(failure));
port.leave(0);
