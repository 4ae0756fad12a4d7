/** `npm run soak` (docs/soak.md): attacks the real program for a time, by seed, and prints what was lost and who got in. */
import { parseArgs } from 'node:util';
import buildKernels from '../build-kernels.ts';
import { formatTable, formatVerdict, judge, type Limits, runCampaign } from './campaign.ts';
import { fuzzedCalls } from './calls.ts';
import { clocks } from './clocks.ts';
import { damages } from './damage.ts';
import { faults } from './faults.ts';
import { hostileFiles } from './files.ts';
import { fullDisks, powerCuts } from './disks.ts';
import { intruders } from './intruders.ts';
import { kills } from './kills.ts';
import { large } from './large.ts';
import { killsForFault, plantFaults } from './mutants.ts';
import { pages } from './pages.ts';
import { makeTemplate } from './world.ts';

const attacks = [kills, large, pages, powerCuts, fullDisks, fuzzedCalls, intruders, damages, clocks, hostileFiles];

const usage = `npm run soak -- [options]
  --minutes N     how long (default 10)
  --seed S        choices and moments (default: drawn; printed either way)
  --only A,B      attacks: ${attacks.map(({ name }) => name).join(', ')}
  --step N        one step of them, e.g. one that failed
  --goals u=N,... stop once so many were tried, e.g. kills=200,calls=10000
  --short         one small step of each, as in npm test
  --mutants       instead, plants faults in the product, and fails unless each is found
  --faults A,B    of them those whose names contain one of these words
`;

function readLimits(): Limits & { only: string[]; mutants: boolean; faults: string[] } {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      seed: { type: 'string' },
      only: { type: 'string' },
      step: { type: 'string' },
      goals: { type: 'string', default: '' },
      short: { type: 'boolean', default: false },
      mutants: { type: 'boolean', default: false },
      faults: { type: 'string', default: '' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const goals = values.goals.split(',').filter(Boolean);
  return {
    seed: Number(values.seed ?? Date.now() % 1_000_000),
    minutes: Number(values.minutes),
    goals: new Map(goals.map((goal) => [goal.split('=')[0] ?? '', Number(goal.split('=')[1])])),
    step: values.step === undefined ? null : Number(values.step),
    short: values.short,
    only: values.only?.split(',') ?? [],
    mutants: values.mutants,
    faults: values.faults.split(',').filter(Boolean),
  };
}

const { only, mutants, faults: words, ...given } = readLimits();
const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
const limits = { ...given, signal: stopping.signal };
const log = (line: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
// Of a call whose host was killed, when its step is over already.
process.on('unhandledRejection', (error) => log(`not waited for: ${String(error)}`));
log(`seed ${limits.seed}`);
await buildKernels();
process.exit(await (mutants ? soakMutants() : soak()));

async function soak(): Promise<number> {
  const chosen = attacks.filter(({ name }) => only.length === 0 || only.includes(name));
  const { rows, silences } = await runCampaign(chosen, limits, makeTemplate, log);
  process.stdout.write(`\n${formatTable(rows, silences)}\n`);
  const verdict = judge(rows, silences);
  process.stdout.write(`${formatVerdict(limits.seed, verdict)}\n`);
  return verdict.found.length === 0 ? 0 : 1;
}

async function soakMutants(): Promise<number> {
  const chosen = Object.keys(faults).filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
  const findings = await plantFaults(chosen, limits, log);
  const missed = findings.filter((finding) => finding.words === null).map(({ fault }) => fault);
  process.stdout.write(
    `\n${findings.length - missed.length} of ${chosen.length} planted faults found within ${killsForFault} kills\n`,
  );
  if (missed.length > 0) process.stdout.write(`not found: ${missed.join('; ')}\n`);
  return missed.length > 0 || findings.length < chosen.length ? 1 : 0;
}
