import type { UtilityProcess } from 'electron';
import { utilityProcess } from 'electron';
import { heapArguments } from '../../processes/launcher.ts';
import type { LaunchedProcess, LaunchOptions, Launcher, ProcessListeners } from '../../processes/launcher.ts';
import { goodbye } from '../../processes/parent-port.ts';
import { detach } from '../../contract/wire/detach.ts';

/** Milliseconds to wait for the remaining output of a process that has ended. */
const lastOutputTimeout = 500;

/** Starts workers as utility processes: `child_process.fork` does not work, as the RunAsNode fuse is off. */
export class UtilityLauncher implements Launcher {
  readonly #environment: NodeJS.ProcessEnv;

  /** `environment`: variables of the workers. */
  constructor(environment: NodeJS.ProcessEnv = process.env) {
    this.#environment = environment;
  }

  launch(options: LaunchOptions, listeners: ProcessListeners): LaunchedProcess {
    const { entry, heapLimit = null, args = [], environment = this.#environment } = options;
    const child = utilityProcess.fork(entry, [...args], {
      env: defined(environment),
      execArgv: heapArguments(heapLimit),
      stdio: ['ignore', 'pipe', 'pipe'],
      serviceName: 'Boundary Workbench worker',
    });
    let ended = false;
    child.on('message', (message: unknown) => {
      if (message === goodbye) child.postMessage(goodbye);
      else listeners.message(message);
    });
    const output = finishOutput(child, listeners);
    child.once('exit', (code) => {
      ended = true;
      detach(output.then(() => listeners.exit({ code, signal: null })));
    });
    return {
      get pid() {
        return child.pid;
      },
      send: (message) => {
        if (!ended) child.postMessage(message);
      },
      kill: () => kill(child),
    };
  }
}

/** Electron's own `kill` sends SIGTERM, which a worker that hangs in native code ignores. */
function kill(child: UtilityProcess): void {
  if (child.pid === undefined) {
    child.once('spawn', () => kill(child));
    return;
  }
  if (process.platform === 'win32') {
    child.kill();
    return;
  }
  try {
    process.kill(child.pid, 'SIGKILL');
  } catch {
    // It has exited already; `exit` reports it.
  }
}

/** Resolves when all output has arrived, or a moment after the process has ended. */
async function finishOutput(child: UtilityProcess, listeners: ProcessListeners): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  const ends = streams.map((stream) => {
    stream.setEncoding('utf8').on('data', (text: string) => listeners.output(text));
    return new Promise((resolve) => stream.once('close', resolve));
  });
  const late = new Promise((resolve) => child.once('exit', () => setTimeout(resolve, lastOutputTimeout)));
  await Promise.race([Promise.all(ends), late]);
}

const defined = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
