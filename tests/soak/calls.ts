import { setTimeout as wait } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import BetterSqlite3 from 'better-sqlite3';
import { z } from 'zod';
import { contract } from '../../main/contract/api/contract.ts';
import desk from '../../main/contributions/desk/calls.ts';
import machine from '../../main/contributions/machine/calls.ts';
import { refusalSchema } from '../../main/contract/wire/base.ts';
import { portAcknowledgement } from '../../main/contract/wire/bridge.ts';
import type { RandomStream } from '../../main/domain/random/random.ts';
import type { Attack, Step } from './campaign.ts';
import { type Client, Host } from './host.ts';
import { type JsonSchema, nearlyValid, type Pool, valid } from './values.ts';
import { changedTables, copyData, openLab, tableHashes, verify } from './world.ts';
import { handlersOf } from '../calls.ts';

interface Call {
  path: readonly string[];
  name: string;
  schema: JsonSchema;
}

/** Every call of the core, the labeling desk and the machine with the schema of its input. */
function listCalls(): Call[] {
  const found: Call[] = [];
  const walk = (node: object, path: readonly string[]): void => {
    if ('~orpc' in node) {
      const { inputSchema } = node['~orpc'] as { inputSchema: z.ZodType };
      const schema = z.toJSONSchema(inputSchema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
      found.push({ path, name: path.join('.'), schema });
    } else for (const [name, each] of Object.entries(node)) walk(each as object, [...path, name]);
  };
  walk({ ...contract, desk, machine }, []);
  return found;
}

/** Downloads gigabytes, occupies all cores, or never ends. `resumeAll` would let trainings run. */
const omitted = new Set(['machine.install', 'machine.check', 'work.resumeAll', 'changes.listen']);
export const calls = listCalls().filter(({ name }) => !omitted.has(name));

/** Calls that only read, by the last part of their names. */
const reading = new RegExp(
  `\\.(${[
    ...[
      'info',
      'get',
      'losses',
      'list',
      'state',
      'engines',
      'graphics',
      'builds',
      'settings',
      'disk',
      'preview',
      'planner',
      'board',
      'quality',
    ],
    ...['inspect', 'overview', 'people', 'tables', 'images', 'labels', 'compare', 'which', 'pictures'],
    ...['picture', 'image', 'table', 'result', 'source', 'plan', 'studies', 'sweeps', 'sweepPresets', 'planSweep'],
    ...['overStudies', 'outcomes', 'sizePlan', 'choices'],
    'saveNames',
    ...[
      'rows',
      'curves',
      'views',
      'suggested',
      'usualModel',
      'remaining',
      'planModels',
      'matrix',
      'candidates',
      'directions',
      'strip',
    ],
    ...['norms', 'frozenStrip', 'exported', 'written', 'file', 'export', 'sheet', 'sheets'],
  ].join('|')})$`,
);

/** What the data folder has, by the names under which calls ask for it. */
export function poolOf(dataFolder: string, step: Step): Pool {
  const database = new BetterSqlite3(`${dataFolder}/workbench.sqlite`, { readonly: true });
  const column = (sql: string): unknown[] => database.prepare(sql).pluck().all();
  try {
    const runs = column('SELECT id FROM run ORDER BY id LIMIT 20');
    const sessions = column('SELECT id FROM labeling_session ORDER BY id');
    return {
      study: column('SELECT name FROM study'),
      session: sessions,
      sessions,
      token: column('SELECT token FROM labeling_session'),
      sitting: ['00000000-0000-4000-8000-000000000001'],
      id: runs,
      ids: runs,
      labeler: column('SELECT id FROM labeler LIMIT 20'),
      labelers: [null, column('SELECT id FROM labeler LIMIT 3')],
      generator: column('SELECT weights FROM snapshot LIMIT 3'),
      voters: column('SELECT weights FROM snapshot LIMIT 5'),
      image: [0, 1, 2],
      upload: ['no-such-upload'],
      preset: ['quick', 'replay', 'paper', 'nothing'],
      text: [JSON.stringify({ schema: 'boundary-workbench/study/1', name: `n${step.index}` })],
    };
  } finally {
    database.close();
  }
}

type Ask = (call: Call, input: unknown) => Promise<unknown>;

/** Words that a page must never see: stacks, modules, SQL. */
const leak = /\n\s+at |node_modules|\.ts:\d|SQLITE_|SqliteError|TypeError|Cannot read prop/;

/** A call has this long to answer, in milliseconds. */
const patience = 60_000;

/** Makes calls with inputs drawn from their schemas. Gives whether any of them may have changed something. */
async function fuzz(step: Step, ask: Ask, pool: Pool, chosen: readonly Call[], count: number): Promise<boolean> {
  const { random, tally } = step;
  let hasWritten = false;
  for (let n = 0; n < count; n++) {
    const call = chosen[random.int(chosen.length)];
    if (!call) return hasWritten;
    let input = valid(call.schema, random, pool);
    const way = random.int(4);
    if (way > 1) input = nearlyValid(input, random);
    const outcome = await outcomeOf(call, input, ask);
    tally.count('calls');
    tally.count(outcome.kind);
    if (outcome.fault) tally.faults.push(`${call.name} ${show(input)}: ${outcome.fault}`);
    if (outcome.kind === 'gone') return true;
    if (outcome.kind === 'answered' && !reading.test(call.name)) hasWritten = true;
  }
  return hasWritten;
}

interface Outcome {
  kind: 'answered' | 'refused in words' | 'refused by the schema' | 'defect' | 'no answer' | 'gone';
  fault?: string;
}

async function outcomeOf(call: Call, input: unknown, ask: Ask): Promise<Outcome> {
  const late = new AbortController();
  try {
    const answer = await Promise.race([ask(call, input), wait(patience, 'late', { signal: late.signal })]);
    if (answer === 'late') return { kind: 'no answer', fault: `no answer in ${patience / 1000} s` };
    return { kind: 'answered' };
  } catch (error) {
    if (!(error instanceof ORPCError)) return notSent(error);
    const text = JSON.stringify([error.message, error.data]);
    const leaked = leak.exec(text)?.[0];
    const fault = leaked === undefined ? {} : { fault: `leaks "${leaked}": ${text.slice(0, 500)}` };
    if (error.code === 'REFUSED') {
      const parts = refusalSchema.safeParse(error.data);
      const { nearest: _, ...words } = parts.data ?? {};
      const isWhole = parts.success && Object.values(words).every((part) => part.trim() !== '');
      return { kind: 'refused in words', ...(isWhole ? fault : { fault: `refused without words: ${text}` }) };
    }
    if (error.code === 'BAD_REQUEST') return { kind: 'refused by the schema', ...fault };
    return { kind: 'defect', fault: `${error.code} ${error.message}` };
  } finally {
    late.abort();
  }
}

/** The client could not write the input, or the connection is gone. */
function notSent(error: unknown): Outcome {
  const text = String(error);
  if (/JSON|serialize|BigInt|Invalid time|circular|stack size/i.test(text)) return { kind: 'refused by the schema' };
  return { kind: 'gone', fault: `the connection broke: ${text}` };
}

const show = (input: unknown): string => {
  const text =
    JSON.stringify(input, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)) ?? 'undefined';
  return text.length > 300 ? `${text.slice(0, 300)}... (${text.length})` : text;
};

export const askThrough =
  (client: Client, before: (call: Call) => void = () => undefined): Ask =>
  (call, input) => {
    before(call);
    const method = call.path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], client);
    return (method as (input: unknown) => Promise<unknown>)(input);
  };

/** Frames that are no calls, or not whole ones. */
function strangeFrame(random: RandomStream): string | Buffer {
  const path = calls[random.int(calls.length)]?.path.join('/');
  const call = JSON.stringify({ i: String(random.int(99)), p: { u: `/${path}`, b: { json: {} } } });
  const cut = random.int(call.length);
  const frames = [
    call.slice(0, cut),
    `${call.slice(0, cut)}${call.slice(random.int(call.length))}`,
    Buffer.from(call),
    JSON.stringify({ i: '1', t: random.int(9), p: { e: 'message', d: { json: 1 } } }),
    JSON.stringify({
      i: '1',
      p: { u: `/${path}`, b: { json: {}, meta: [[random.int(12), ['__proto__', 'polluted']]] } },
    }),
    JSON.stringify({ i: '1', p: { u: `/${path}`, h: { 'content-type': 'multipart/form-data' }, b: 'x' } }),
    JSON.stringify({ i: '1', p: { u: `/${path}/../${path}?x=%00#`, m: 'DELETE', b: { json: {} } } }),
    `{"i":"1","p":{"u":"/${path}","b":{"json":${'['.repeat(5000)}${']'.repeat(5000)}}}}`,
  ];
  return frames[random.int(frames.length)] ?? '';
}

async function throughSocket(step: Step, dataFolder: string, chosen: readonly Call[]): Promise<boolean> {
  const { random, tally, short } = step;
  const host = new Host(step, { dataFolder, during: 'calls' });
  const client = await host.connect();
  const pool = poolOf(dataFolder, step);
  const ask = askThrough(client, (call) => (host.during = `call of ${call.name}`));
  const hasWritten = await fuzz(step, ask, pool, chosen, short ? 150 : 400);
  for (let n = 0; n < (short ? 8 : 30) && host.process.exitCode === null; n++) {
    const socket = await host.socket();
    socket.send(strangeFrame(random));
    await wait(2);
    socket.terminate();
    tally.count('calls');
    tally.count('strange frames');
  }
  await client.jobs
    .list({})
    .catch((error: unknown) => tally.faults.push(`the host does not answer any more: ${error}`));
  if (({} as { polluted?: unknown }).polluted !== undefined) tally.faults.push('Object.prototype was changed');
  tally.faults.push(...host.defects);
  await host.stop();
  return hasWritten;
}

async function throughPort(step: Step, dataFolder: string, chosen: readonly Call[]): Promise<boolean> {
  const { lab, defects } = openLab(dataFolder);
  step.atEnd(() => lab.close());
  const { port1, port2 } = new MessageChannel();
  handlersOf({ lab, log: (error) => void defects.push(error) }).port(port2, null);
  port2.start();
  port1.on('message', () => port1.postMessage(portAcknowledgement));
  const client: Client = createORPCClient(new RPCLink({ port: port1 }));
  const ask = askThrough(client);
  const hasWritten = await fuzz(step, ask, poolOf(dataFolder, step), chosen, step.short ? 60 : 300);
  port1.close();
  for (const defect of defects) {
    step.tally.faults.push(`defect: ${defect instanceof Error ? defect.stack : String(defect)}`);
  }
  return hasWritten;
}

async function step(step: Step): Promise<void> {
  const source = step.index % 2 === 0 ? await step.template.sample() : step.template.data;
  const dataFolder = copyData(step, source);
  await pause(dataFolder);
  const before = tableHashes(dataFolder);
  const onlyReads = step.index % 4 < 2;
  const chosen = calls.filter(({ name }) => !onlyReads || reading.test(name));
  const through = step.index % 4 === 1 ? throughPort : throughSocket;
  const hasWritten = await through(step, dataFolder, chosen);
  const changed = changedTables(before, tableHashes(dataFolder)).filter((name) => !mayChange.has(name));
  if (!hasWritten && changed.length > 0)
    step.tally.faults.push(`reading or refused calls changed ${changed.join(', ')}`);
  verify(dataFolder, [], step.tally);
}

/** Evaluations that a call asks for are kept; settings know when a backup was made. */
const mayChange = new Set(['examination', 'setting', 'sqlite_sequence']);

/** Trainings that a call starts would take all cores. */
async function pause(dataFolder: string): Promise<void> {
  const { lab, client } = openLab(dataFolder);
  await client.work.pauseAll({});
  await lab.close();
}

export const fuzzedCalls: Attack = { name: 'calls', unit: 'calls', weight: 1.5, obstacle: () => null, step };
