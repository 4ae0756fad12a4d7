import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ORPCError } from '@orpc/client';
import { WebSocket } from 'ws';
import { callProtocol } from '../../main/contract/wire/bridge.ts';
import type { RandomStream } from '../../main/domain/random/random.ts';
import type { Keys } from '../hosts/browser/let-in.ts';
import { studyName } from '../services/labeling/labeling-helper.ts';
import { askThrough, calls, poolOf } from './calls.ts';
import type { Attack, Step } from './campaign.ts';
import { Host } from './host.ts';
import { valid } from './values.ts';
import { copyData } from './world.ts';

const pick = <T>(random: RandomStream, items: readonly T[]): T => items[random.int(items.length)] as T;

/** Another account of this machine reads what it can: processes, their environments, files. */
async function otherAccount(step: Step): Promise<void> {
  const { tally } = step;
  const dataFolder = copyData(step, step.template.data);
  const host = new Host(step, { dataFolder, during: 'another account looks' });
  const client = await host.connect();
  await client.results.people({ study: studyName, labelers: null }).catch(() => undefined);
  await client.report.state({ study: studyName }).catch(() => undefined);
  await client.machine.disk({});
  const { cookie, secret } = await host.keys();
  const secrets = [new URL(await host.address).searchParams.get('token') ?? 'none', cookie.split('=')[1] ?? '', secret];
  const script = [
    'cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null',
    'ps axeww 2>/dev/null',
    `find '${dirname(dataFolder)}' '${step.template.cache}' -type f -exec cat {} + 2>/dev/null`,
    `find '${dataFolder}' -readable 2>/dev/null`,
    `find /tmp /dev/shm /run -user root -newer '${step.folder}' -type f -size -2000k -exec cat {} + 2>/dev/null`,
  ];
  for (const line of script) {
    const read = asNobody(line);
    tally.count('attempts');
    tally.count('reads of another account');
    if (secrets.some((secret) => read.includes(secret))) tally.in.push(`another account reads a secret with: ${line}`);
    const token = step.template.open[0]?.token ?? 'none';
    if (read.includes(token)) tally.in.push(`another account reads a session's address with: ${line}`);
  }
  for (const path of privateFiles(dataFolder, step.template.cache)) tally.in.push(`other accounts may read ${path}`);
  await host.stop();
}

const asNobody = (script: string): string => {
  const words = ['--reuid=65534', '--regid=65534', '--clear-groups', 'sh', '-c', script];
  try {
    return execFileSync('setpriv', words, {
      encoding: 'latin1',
      maxBuffer: 2 ** 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout ?? '');
  }
};

/** Files with people's answers that others could read if they came into the folder above. */
function privateFiles(dataFolder: string, cache: string): string[] {
  const words = [dataFolder, join(cache, 'analysis'), '-maxdepth', '0', '-perm', '/077'];
  try {
    return execFileSync('find', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter(Boolean);
  } catch (error) {
    const found = (error as { stdout?: string }).stdout ?? '';
    return found.split('\n').filter(Boolean);
  }
}

/** Requests and sockets with every mixture of right and wrong parts but the right one. */
async function withoutPermission(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const dataFolder = copyData(step, step.template.data);
  const host = new Host(step, { dataFolder, during: 'intruders' });
  const client = await host.connect();
  const { origin, cookie, secret } = await host.keys();
  const token = new URL(await host.address).searchParams.get('token') ?? '';
  const port = Number(new URL(origin).port);
  const pages = readFileSync(join(import.meta.dirname, '..', '..', 'renderer', 'index.html'), 'utf8').slice(0, 60);
  for (let n = short ? 40 : 200; n > 0; n--) {
    const wrong = pick(random, ['cookie', 'secret', 'host', 'origin'] as const);
    const headers: Record<string, string> = {
      Host: wrong === 'host' ? wrongHost(random, port) : `127.0.0.1:${port}`,
      Origin: wrong === 'origin' ? wrongOrigin(random, port) : origin,
      ...(wrong === 'cookie' ? wrongCookie(random, cookie, port) : { Cookie: cookie }),
    };
    // A cookie reaches every port of this machine: whoever listens there has it, and not the secret.
    const given = wrong === 'secret' ? mangled(random, secret) : secret;
    if (given === secret && wrong === 'secret') continue;
    const path = wrongPath(random, token, wrong === 'cookie');
    tally.count('attempts');
    if (random.int(2) === 0) {
      tally.count('sockets');
      if (await opens(port, headers, given))
        tally.in.push(`a socket opens with a wrong ${wrong}: ${JSON.stringify(headers)}`);
      continue;
    }
    tally.count('requests');
    headers.Authorization = `Bearer ${given.replaceAll(/[^!-~]/g, '')}`;
    const method = wrong === 'origin' || wrong === 'secret' ? 'POST' : pick(random, ['GET', 'POST', 'HEAD', 'PUT']);
    const to = method === 'POST' ? '/uploads?name=x' : path;
    const answer = await ask(port, method, to, headers);
    const isIn = answer.status < 400 || answer.cookie || (pages && answer.body.includes(pages));
    if (isIn)
      tally.in.push(`${method} ${to} with a wrong ${wrong} is answered ${answer.status}: ${JSON.stringify(headers)}`);
  }
  await halfOpen(step, port, client);
  await againWithToken(step, host);
  tally.faults.push(...host.defects);
  await host.stop();
}

const mangled = (random: RandomStream, text: string): string =>
  pick(random, [
    () => text.slice(0, -1),
    () => `${text}A`,
    () => text.toUpperCase(),
    () => text.toLowerCase(),
    () => [...text].reverse().join(''),
    () => `${text.slice(0, 5)}${text.charCodeAt(5) === 65 ? 'B' : 'A'}${text.slice(6)}`,
    () => encodeURIComponent(` ${text}`),
    () => '',
    () => '*',
    () => 'undefined',
    () => 'A'.repeat(text.length),
  ])();

function wrongCookie(random: RandomStream, cookie: string, port: number): Record<string, string> {
  const [name = '', value = ''] = cookie.split('=', 2);
  const secret = mangled(random, value);
  return pick(random, [
    () => ({}),
    () => ({ Cookie: `${name}=${secret === value ? '' : secret}` }),
    () => ({ Cookie: `${name}x=${value}` }),
    () => ({ Cookie: `workbench-${port + 1}=${value}` }),
    () => ({ Cookie: `x="${cookie}"` }),
    () => ({ Cookie: `${name}==${value}` }),
    () => ({ Cookie: `${name}=` }),
    () => ({ cookie2: cookie }),
    () => ({ Authorization: `Bearer ${value}` }),
  ])();
}

const wrongHost = (random: RandomStream, port: number): string =>
  pick(random, [
    ...[
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `0.0.0.0:${port}`,
      `[::1]:${port}`,
    ],
    ...[`127.0.0.1:${port}.evil.example`, `127.0.0.1.nip.io:${port}`, `2130706433:${port}`, `127.1:${port}`],
    ...[
      `LOCALHOST.:${port}`,
      `127.0.0.1:${port}@evil.example`,
      `127.0.0.1:0${port}`,
      ` 127.0.0.1:${port},evil.example`,
    ],
  ]);

const wrongOrigin = (random: RandomStream, port: number): string =>
  pick(random, [
    ...[
      'null',
      'https://evil.example',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      'http://127.0.0.1',
    ],
    ...[`http://localhost:${port}`, `http://127.0.0.1:${port}.evil.example`, `http://evil.example:${port}`, 'file://'],
    ...[`http://127.0.0.1:${port}/`, `HTTP://127.0.0.1:${port}`, `http://user@127.0.0.1:${port}`],
  ]);

function wrongPath(random: RandomStream, token: string, withToken: boolean): string {
  const secret = mangled(random, token);
  const paths = [
    '/',
    '/index.html',
    '/calls',
    '/files/image/',
    '/uploads',
    `/assets/..%2f..%2f`,
    '/%2e%2e/package.json',
  ];
  if (withToken && secret !== token)
    paths.push(`/enter.js?token=${secret}`, `/?token=${secret}`, `/enter.js?TOKEN=${token}`);
  // The right token, but it was used.
  if (withToken) paths.push(`/enter.js?token=${token}`, `/enter.js?token=${secret}&token=${token}`);
  return pick(random, paths);
}

interface Answer {
  status: number;
  cookie: boolean;
  body: string;
}

function ask(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: object | null = null,
): Promise<Answer> {
  return new Promise((resolve) => {
    const refused: Answer = { status: 499, cookie: false, body: '' };
    const sent = request({ host: '127.0.0.1', port, method, path, headers, timeout: 20_000 }, (response) => {
      let said = '';
      response.setEncoding('utf8').on('data', (text: string) => (said += text));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, cookie: response.headers['set-cookie'] !== undefined, body: said });
      });
    });
    sent.on('error', () => resolve(refused));
    sent.on('timeout', () => sent.destroy());
    sent.end(body ? JSON.stringify(body) : method === 'POST' ? 'x' : undefined);
  });
}

/** Whether a socket that has nothing but these headers is let in and answered. */
function opens(port: number, headers: Record<string, string>, secret: string): Promise<boolean> {
  const offered = { ...headers, 'Sec-WebSocket-Protocol': `${callProtocol}, ${secret}` };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/calls`, { headers: offered, handshakeTimeout: 20_000 });
  return new Promise((resolve) => {
    const end = (isIn: boolean): void => {
      resolve(isIn);
      socket.terminate();
    };
    socket.on('error', () => end(false));
    socket.on('unexpected-response', () => end(false));
    socket.on('close', () => end(false));
    socket.on('message', () => end(true));
    socket.on('open', () => socket.send(JSON.stringify({ i: '1', p: { u: '/jobs/list', b: { json: {} } } })));
  });
}

/** Connections that say nothing, or half of something, keep nobody out. */
async function halfOpen({ random, tally, short }: Step, port: number, client: Awaited<ReturnType<Host['connect']>>) {
  const open: Socket[] = [];
  for (let n = short ? 100 : 1500; n > 0; n--) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    if (random.int(2) === 0) socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Slow: `);
    open.push(socket);
  }
  await wait(100);
  const began = performance.now();
  await client.jobs.list({});
  const page = await ask(port, 'GET', '/', { Host: `127.0.0.1:${port}` });
  const took = performance.now() - began;
  tally.count('half-open sockets', open.length);
  if (took > 5000 || page.status === 499)
    tally.faults.push(`${open.length} half-open sockets keep others out (${took} ms)`);
  for (const socket of open) socket.destroy();
}

/** The printed address may be used once: who reads it later has nothing. */
async function againWithToken({ tally }: Step, host: Host): Promise<void> {
  const address = new URL(await host.address);
  const answer = await ask(Number(address.port), 'GET', `/enter.js${address.search}`, { Host: address.host });
  tally.count('attempts');
  tally.count('used addresses');
  if (answer.cookie) tally.in.push('the printed address lets somebody in for a second time');
}

/** A volunteer with developer tools has the keys of a labeling desk, and tries every call and every other way. */
async function atDesk(step: Step): Promise<void> {
  const { random, tally, short } = step;
  const dataFolder = copyData(step, step.template.data);
  const host = new Host(step, { dataFolder, during: 'at a desk' });
  await host.connect();
  const before = await host.keys();
  const [own, other] = step.template.open;
  const desk = await becomeDesk(before, own?.token ?? '');
  const client = await host.connectAs(desk);
  const askAs = askThrough(client);
  const pool = poolOf(dataFolder, step);
  for (let n = short ? 40 : 200; n > 0; n--) {
    const call = pick(random, calls);
    const input = valid(call.schema, random, pool);
    const isVolunteers = call.name.startsWith('desk.volunteer.');
    if (isVolunteers && (input as { token?: unknown }).token === own?.token) continue;
    tally.count('attempts');
    tally.count('calls at a desk');
    const code = await askAs(call, input).then(
      () => 'answered',
      (error: unknown) => (error instanceof ORPCError ? error.code : String(error)),
    );
    if (code !== 'FORBIDDEN' && !(isVolunteers && code === 'BAD_REQUEST'))
      tally.in.push(`a desk's call of ${call.name} is ${code}`);
  }
  const port = Number(new URL(before.origin).port);
  for (const keys of [before, { ...before, secret: desk.secret }, { ...desk, secret: before.secret }]) {
    tally.count('attempts');
    const headers = { Host: `127.0.0.1:${port}`, Origin: before.origin, Cookie: keys.cookie };
    if (await opens(port, headers, keys.secret)) tally.in.push('the researcher keys still work at a desk');
    const again = await ask(port, 'POST', '/limit', { ...headers, Authorization: `Bearer ${keys.secret}` });
    if (again.status < 400) tally.in.push('the researcher keys open another desk');
  }
  for (const path of ['/uploads?name=a', '/limit', '/limit/end', '/files/x']) {
    tally.count('attempts');
    const headers = { Host: `127.0.0.1:${port}`, Origin: before.origin, Cookie: desk.cookie };
    const wrong = { page: other?.token ?? '', pin: '0000' };
    const answer = await ask(port, 'POST', path, { ...headers, Authorization: `Bearer ${desk.secret}` }, wrong);
    // Leaving needs no PIN where the study has none.
    if (answer.status < 400 && path !== '/limit/end')
      tally.in.push(`a desk's POST ${path} is answered ${answer.status}`);
  }
  tally.faults.push(...host.defects);
  await host.stop();
}

/** Opens a session in this browser, as the researcher does; gives the keys of the desk. */
async function becomeDesk({ origin, cookie, secret }: Keys, session: string): Promise<Keys> {
  const response = await fetch(`${origin}/limit`, {
    method: 'POST',
    body: JSON.stringify({ page: session }),
    headers: { Cookie: cookie, Authorization: `Bearer ${secret}`, Origin: origin },
  });
  const { secret: own } = (await response.json()) as { secret: string };
  return { origin, cookie: response.headers.get('set-cookie')?.split(';')[0] ?? '', secret: own };
}

/** Somebody has the port, or takes one beside it, while a host starts. */
async function portRace(step: Step): Promise<void> {
  const { tally } = step;
  const taken = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  step.atEnd(() => new Promise((resolve) => taken.close(resolve)));
  const { port } = taken.address() as { port: number };
  const dataFolder = copyData(step, step.template.data);
  const host = new Host(step, { dataFolder, during: 'port race', port });
  const end = await Promise.race([host.ended, host.address.then(() => 'it started')]);
  tally.count('attempts');
  tally.count('taken ports');
  if (end !== 2 || !/fix:/.test(host.errors)) tally.faults.push(`a taken port ended with ${end}: ${host.errors}`);
}

async function step(step: Step): Promise<void> {
  const scenarios = [otherAccount, withoutPermission, atDesk, portRace];
  for (const [index, scenario] of scenarios.entries()) {
    if (step.short || step.index % scenarios.length === index) await scenario(step);
  }
}

export const intruders: Attack = {
  name: 'intruders',
  unit: 'attempts',
  weight: 0.5,
  obstacle: () => (process.platform === 'linux' && process.getuid?.() === 0 ? null : 'needs Linux and root'),
  step,
};
