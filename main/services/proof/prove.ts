import { messageOf } from '../../contract/errors.ts';
import { loadavg } from 'node:os';
import {
  type CheckOutcome,
  type MemoryOutcome,
  type PartState,
  type Proof,
  proofSchema,
  type ProvenEngine,
} from '../../contract/proof.ts';
import type { EngineName } from '../../contract/run.ts';
import { runEnvironment } from '../../files/environment.ts';
import { engineStatuses } from '../../training/engines/open.ts';
import { findTorch } from '../../training/proof/peer.ts';
import { findGraphics } from '../tools/engines.ts';
import { EngineProcess } from './engine-process.ts';
import { measureModel, measureSeeds, type Measuring, type Peer, seedsPart } from './measure.ts';
import { personalOfThisMachine, withoutPersonalData } from './personal.ts';
import { fullPlan, type ProofPlan, quickPlan } from './plan.ts';

export interface ProveOptions {
  /** Folder of the product (with package.json). */
  root: string;
  engine: EngineName;
  quick: boolean;
  /** What is measured; default: by `quick`. */
  plan?: ProofPlan;
  /** Gets the progress, line by line. */
  onLine: (line: string) => void;
  /** Ends all processes; `proveEngine` then rejects with its reason. */
  signal: AbortSignal;
  environment?: NodeJS.ProcessEnv;
  /** Module of the proven engine's process; default: the product's own. */
  entry?: string;
  now?: () => number;
}

/**
 * Checks and measures an engine on this machine. Each part that fails says so, and the next one begins. Engines run in
 * processes of their own.
 */
export async function proveEngine(options: ProveOptions): Promise<Proof> {
  const { root, engine, quick, plan = quick ? quickPlan : fullPlan, onLine, signal, entry, now = Date.now } = options;
  const { environment = process.env } = options;
  const start = now();
  const { product, machine } = runEnvironment(root);
  const { host: _, ...parts } = machine;
  const before = load();
  const graphics = (await findGraphics()).seen;
  const proven = new EngineProcess(engine, { environment, signal, ...(entry !== undefined && { entry }) });
  const beside = comparedWith(engine, environment).map((name) => new EngineProcess(name, { environment, signal }));
  try {
    onLine(`${engine}: opening and self-check`);
    const { described, selfCheck } = await open(proven, signal, graphics);
    const opens = described !== null;
    const conformance = opens ? await checkConformance(proven, plan, options) : { ...notOpen, checks: [] };
    const memory = opens ? await measureMemory(proven, plan, options) : { ...notOpen, models: [] };
    const peer = opens
      ? await findPeer(described, environment, options)
      : { part: { ...notOpen, versions: {} }, found: null };
    const measuring: Measuring = {
      plan,
      engines: [proven, ...beside],
      peer: peer.found,
      hung: new Set(),
      signal,
      onLine,
    };
    const speed = opens ? await measureSpeed(measuring) : { ...notOpen, works: [] };
    const seeds = opens ? await measureAllSeeds(measuring) : { ...notOpen, works: [] };
    const proof: Proof = {
      schema: 'boundary-workbench/proof/1',
      at: new Date(start).toISOString(),
      seconds: Math.round((now() - start) / 100) / 10,
      quick,
      product,
      machine: parts,
      graphics,
      asked: engine,
      engine: described,
      load: { before, after: load() },
      selfCheck,
      conformance,
      memory: { ...memory, steps: plan.memorySteps },
      speed,
      seeds,
      peer: peer.part,
    };
    return proofSchema.parse(withoutPersonalData(proof, personalOfThisMachine()));
  } finally {
    for (const each of [proven, ...beside]) await each.close();
  }
}

/** Other engines that are measured beside it: those that are here without a graphics card. */
const comparedWith = (engine: EngineName, environment: NodeJS.ProcessEnv): EngineName[] =>
  engineStatuses(environment).flatMap(({ name, available }) => (available === true && name !== engine ? [name] : []));

interface Part {
  state: PartState;
  message: string | null;
}

const notOpen: Part = { state: 'left out', message: 'The engine does not open on this machine.' };
const passed: Part = { state: 'passed', message: null };
const failed = (message: string): Part => ({ state: 'failed', message });

/** What `loadavg` counts; null on Windows, where it counts nothing. */
function load(): number[] | null {
  const found = loadavg().map((value) => Math.round(100 * value) / 100);
  return process.platform === 'win32' ? null : found;
}

async function open(
  proven: EngineProcess,
  signal: AbortSignal,
  graphics: readonly string[],
): Promise<{ described: ProvenEngine | null; selfCheck: Part }> {
  let described: ProvenEngine | null = null;
  try {
    const found = await proven.describe();
    // TensorFlow says that it uses a card, but not which one.
    const [card] = graphics;
    described = found.name === 'tensorflow' && found.hardware === 'gpu' && card ? { ...found, device: card } : found;
    const wrong = await proven.selfCheck();
    return { described, selfCheck: wrong === null ? passed : failed(wrong) };
  } catch (error) {
    signal.throwIfAborted();
    return { described, selfCheck: failed(messageOf(error)) };
  }
}

type Options = Pick<ProveOptions, 'onLine' | 'signal'>;

async function checkConformance(
  proven: EngineProcess,
  plan: ProofPlan,
  { onLine, signal }: Options,
): Promise<Proof['conformance']> {
  const checks: CheckOutcome[] = [];
  let current = '';
  onLine('conformance of ops and gradients');
  try {
    await proven.conformance(plan.conformance, (event) => {
      if ('begins' in event) current = event.begins;
      else {
        checks.push(event);
        if (event.failure !== null) onLine(`FAILED: ${event.group}: ${event.name}: ${event.failure}`);
        else if (event.group !== 'ops') onLine(`passed: ${event.group} ${event.name}`);
      }
    });
  } catch (error) {
    signal.throwIfAborted();
    return { ...failed(`${messageOf(error)} (during ${current})`), checks };
  }
  const wrong = checks.filter(({ failure }) => failure !== null).length;
  return { ...(wrong === 0 ? passed : failed(`${wrong} of ${checks.length} checks failed.`)), checks };
}

async function measureMemory(
  proven: EngineProcess,
  { conformance, memorySteps }: ProofPlan,
  { onLine, signal }: Options,
): Promise<Omit<Proof['memory'], 'steps'>> {
  const models: MemoryOutcome[] = [];
  onLine(`memory over ${memorySteps} steps of small models`);
  try {
    await proven.memory(conformance.repeated, memorySteps, (event) => models.push(event));
  } catch (error) {
    signal.throwIfAborted();
    return { ...failed(messageOf(error)), models };
  }
  const growing = models.filter(({ tensors, bytes }) => tensors[0] !== tensors[1] || bytes[0] !== bytes[1]);
  const names = growing.map(({ model }) => model).join(', ');
  return { ...(growing.length === 0 ? passed : failed(`Tensors stay after steps of ${names}.`)), models };
}

async function findPeer(
  { hardware }: ProvenEngine,
  environment: NodeJS.ProcessEnv,
  { onLine, signal }: Options,
): Promise<{ part: Proof['peer']; found: Peer | null }> {
  const torch = await findTorch(environment, signal);
  if ('absent' in torch) {
    onLine(torch.absent);
    return { part: { state: 'left out', message: torch.absent, versions: {} }, found: null };
  }
  const device = hardware === 'gpu' ? 'gpu' : 'cpu';
  onLine(`PyTorch ${torch.version}`);
  return { part: { ...passed, versions: { torch: torch.version } }, found: { python: torch.python, device } };
}

async function measureSpeed(measuring: Measuring): Promise<Proof['speed']> {
  const works: Proof['speed']['works'] = [];
  for (const model of measuring.plan.timed) works.push(...(await measureModel(measuring, model)));
  return { ...outcome(works), works };
}

async function measureAllSeeds(measuring: Measuring): Promise<Proof['seeds']> {
  const works: Proof['seeds']['works'] = [];
  for (const { model, counts } of measuring.plan.seeds) works.push(...(await measureSeeds(measuring, model, counts)));
  return { ...seedsPart(works), works };
}

function outcome(works: readonly Part[]): Part {
  const count = (wanted: PartState): number => works.filter(({ state }) => state === wanted).length;
  if (count('failed') > 0) return failed(`${count('failed')} of ${works.length} failed, and say why.`);
  const left = count('left out');
  const message = left === 0 ? null : `${left} of ${works.length} were left out, as they take too long.`;
  return { state: left > 0 && left === works.length ? 'left out' : 'passed', message };
}
