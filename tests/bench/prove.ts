/**
 * Checks and measures one engine on this machine thoroughly (docs/training.md, "Proving an engine"), and writes what it found
 * as JSON (`proof.ts`):
 *
 *   npm run bench -- prove --engine tensorflow|webgpu|wasm [--out FILE.json] [--quick]
 *
 * Speed is measured in processes of their own, beside the other engines and PyTorch; all else in this one.
 */
import { loadavg, homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { engineNames } from '../../main/contract/runs/run.ts';
import { writeFileAtomic } from '../../main/files/atomic.ts';
import { runEnvironment } from '../../main/files/environment.ts';
import { findGraphics } from '../../main/contributions/machine/graphics.ts';
import { engineStatuses, openEngine } from '../../main/training/engines/open.ts';
import { trainingTask } from './benches/training.ts';
import { findTorch, peerProgram } from './peer/peer.ts';
import { isProven, type Proof, proofSchema } from './prove/proof.ts';
import * as prove from './prove/prove-engine.ts';
import { ownProgram } from './sides/sides.ts';

const { values } = parseArgs({
  options: { engine: { type: 'string' }, out: { type: 'string' }, quick: { type: 'boolean', default: false } },
});
const name = engineNames.find((known) => known === values.engine);
if (!name) throw new Error(`--engine NAME: one of ${engineNames.join(', ')}`);

const say = (line: string): boolean => process.stderr.write(`[prove] ${line}\n`);
const load = (): number[] | null =>
  process.platform === 'win32' ? null : loadavg().map((value) => Math.round(100 * value) / 100);
const plan = values.quick ? prove.quickPlan : prove.fullPlan;
const start = Date.now();
const { product, machine } = runEnvironment(join(import.meta.dirname, '..', '..'));
const { host: _, ...parts } = machine;
const before = load();
const graphics = (await findGraphics()).seen;

const engine = await openEngine(name);
const described = await prove.describeEngine(engine, graphics[0]);
say(`${name} on ${described.device}: self-check, conformance and memory`);
const selfCheck = await prove.checkItself(engine);
const conformance = await prove.checkConformance(engine, plan, say);
const memory = await prove.measureMemory(engine, plan);
const seeds = await prove.measureSeeds(engine, plan, say);
const torch = await findTorch(process.env);
const device = described.hardware === 'gpu' ? 'gpu' : 'cpu';
const beside = engineStatuses().flatMap((each) => (each.available === true && each.name !== name ? [each.name] : []));
const speed = await prove.measureSpeed(
  plan,
  (model) => [
    ...[name, ...beside].map((each) => ownProgram(each, trainingTask(model), null)),
    ...('absent' in torch
      ? []
      : [peerProgram(torch.python, trainingTask(model), { tuned: false, choose: true, device })]),
  ],
  say,
);
const proof: Proof = {
  schema: 'boundary-workbench/proof/1',
  at: new Date(start).toISOString(),
  seconds: Math.round((Date.now() - start) / 100) / 10,
  quick: values.quick,
  product,
  machine: parts,
  graphics,
  asked: name,
  engine: described,
  load: { before, after: load() },
  selfCheck,
  conformance,
  memory,
  speed,
  seeds,
  peer:
    'absent' in torch
      ? { state: 'left out', message: torch.absent, versions: {} }
      : { state: 'passed', message: null, versions: { torch: torch.version } },
};
const path = resolve(values.out ?? `proof-${name}.json`);
writeFileAtomic(path, `${JSON.stringify(proofSchema.parse(proof), null, 1).replaceAll(homedir(), '~')}\n`);
say(
  `${isProven(proof) ? 'proven' : 'FAILED'}: ${path}. Messages may name folders: look through it before you pass it on.`,
);
process.exitCode = isProven(proof) ? 0 : 1;
