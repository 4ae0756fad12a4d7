import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstallRequest } from '../../main/training/engines/tensorflow/install/install.ts';
import type { InstallEvent } from '../../main/training/engines/tensorflow/install/report.ts';
import { sampleRelease, sampleWheel } from './sample-wheel.ts';
import { program, scratchFolder, write } from './scratch.ts';

/** `python3 -m pip`: knows its version, says where the wheel is (if anywhere), and downloads it. */
const fakePip = (wheel: string, address: string | null) => `
  import fs from 'node:fs';
  import { join } from 'node:path';
  const [, , command] = args;
  fs.appendFileSync(${JSON.stringify(`${wheel}.calls`)}, command + '\\n');
  if (command === '--version') console.log('pip 23.2.1 from /somewhere (python 3.11)');
  if (command === 'install') console.log(JSON.stringify({ install: [{ download_info: { url: ${JSON.stringify(address)} } }] }));
  if (command === 'download') fs.copyFileSync(${JSON.stringify(wheel)}, join(args[args.indexOf('--dest') + 1], 'tensorflow_cpu-9.9.9-py3-none-any.whl'));
`;

/** `g++`: writes what it was asked for, if the headers and libraries are there. */
export const fakeCompiler = `
  import fs from 'node:fs';
  const include = args.find((word) => word.startsWith('-I') && word.endsWith('include') && fs.existsSync(word.slice(2) + '/tensorflow/c/c_api.h'));
  if (!include || !args.includes('-Wl,-rpath,$ORIGIN/lib')) { console.error('fatal error: no headers'); process.exit(1); }
  fs.writeFileSync(args[args.indexOf('-o') + 1], 'binding');
`;

/** A machine with its own pip, g++ and cache; the wheel is tried out by nothing unless a test says so. */
export function machine({
  pip = fakePip,
  compiler = fakeCompiler as string,
  address = null as string | null,
  bytes = sampleWheel(),
} = {}) {
  const folder = scratchFolder();
  const bin = join(folder, 'bin');
  const wheel = write(join(folder, 'index', 'wheel'), bytes);
  program(join(bin, 'python3'), pip(wheel, address));
  program(join(bin, 'g++'), compiler);
  const home = join(folder, 'cache', 'tensorflow');
  const events: InstallEvent[] = [];
  const request: InstallRequest = {
    release: sampleRelease(sampleWheel()),
    environment: { PATH: bin, BOUNDARY_CACHE: join(folder, 'cache') },
    tryOut: async () => {},
    report: (event) => events.push(event),
  };
  const calls = () => readFileSync(`${wheel}.calls`, 'utf8').trim().split('\n');
  return { folder, home, target: join(home, '9.9.9-cpu'), request, events, calls };
}
