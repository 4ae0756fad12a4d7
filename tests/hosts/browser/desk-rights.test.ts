import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { isContractProcedure } from '@orpc/contract';
import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../main/contract/api/contract.ts';
import { contributions } from '../../../main/contributions/all.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { connect, letIn, openSocket, type Keys } from './let-in.ts';
import { endOf, openHost, type Answer, type OpenHost } from './open-host.ts';

let host: OpenHost;
/** Of the browser that becomes a desk. */
let keys: Keys;
/** Tokens of two sessions of one study, which has a PIN. */
let [own, other] = ['', ''];
let ownId = 0;

beforeEach(async () => {
  host = await openHost();
  addStimuli(host.test.lab.workbench.storage);
  const sessions = await makeSessions(host.test, 2);
  [own, other] = [at(sessions, 0).token, at(sessions, 1).token];
  ownId = at(sessions, 0).id;
  await host.test.client.desk.setPin({ study: studyName, pin: '4711' });
  keys = await letIn(host.newAddress());
});

const ask = (from: Keys, method: string, path: string, body?: unknown): Promise<Answer> => {
  const headers = { Cookie: from.cookie, Authorization: `Bearer ${from.secret}`, Origin: from.origin };
  const content = body === undefined ? '' : JSON.stringify(body);
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(content)) };
  return host.ask({ method, path, headers: { ...headers, ...length }, body: content });
};

/** The keys in an answer. */
function keysIn({ status, headers, body }: Answer): Keys {
  expect(status).toBe(200);
  const cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  return { origin: host.origin, cookie, secret: (JSON.parse(body) as { secret: string }).secret };
}

const becomeDesk = async (from = keys): Promise<Keys> => keysIn(await ask(from, 'POST', '/limit', { page: own }));
const leave = (from: Keys): Promise<Answer> => ask(from, 'POST', '/limit/end', {});

const page = (token: string) => ({ token, sitting: randomUUID() });

/** Every call of a contract or a router by its path. */
function paths(router: object, before: string[] = []): string[][] {
  return Object.entries(router).flatMap(([name, each]) =>
    isContractProcedure(each) ? [[...before, name]] : paths(each as object, [...before, name]),
  );
}

test('a desk makes the calls of its own session, and not one other call of the contract', async () => {
  const desk = await becomeDesk();
  const { client, socket } = await connect(desk);
  const { open, images, checkPin } = client.desk.volunteer;
  expect(await open({ ...page(own), screen })).toMatchObject({ state: 'ready' });
  expect((await images({ token: own, from: 0, count: 1 })).pixels).not.toBe('');
  expect(await checkPin({ ...page(own), pin: '1' })).toEqual({ ok: false, waitSeconds: 0, study: null });
  const refused = { code: 'FORBIDDEN' };
  await expect(open({ ...page(other), screen })).rejects.toMatchObject(refused);
  await expect(images({ token: other, from: 0, count: 1 })).rejects.toMatchObject(refused);
  await expect(checkPin({ ...page(other), pin: '4711' })).rejects.toMatchObject(refused);
  // What the campaign did: read the board, remove the PIN.
  await expect(client.desk.board({ study: studyName })).rejects.toMatchObject(refused);
  await expect(client.desk.setPin({ study: studyName, pin: null })).rejects.toMatchObject(refused);
  const answered: string[] = [];
  const added = await Promise.all(
    contributions.map(async ({ name, calls }) => paths((await calls?.())?.default ?? {}, [name])),
  );
  expect(added.flat()).toContainEqual(['archives', 'startExport']);
  expect(added.flat()).toContainEqual(['desk', 'sessions', 'create']);
  const isVolunteers = ([area, part]: readonly string[]): boolean => area === 'desk' && part === 'volunteer';
  for (const path of [...paths(contract), ...added.flat()].filter((each) => !isVolunteers(each))) {
    const call = path.reduce<unknown>((at, name) => Reflect.get(Object(at), name), client) as (
      x: object,
    ) => Promise<unknown>;
    const error = await call({ token: own, study: studyName }).then(
      () => null,
      (reason: { code?: string }) => reason.code,
    );
    if (error !== 'FORBIDDEN') answered.push(path.join('.'));
  }
  expect(answered).toEqual([]);
  expect(host.test.defects).toEqual([]);
  socket.terminate();
});

test('a desk gets no file and hands none over, not even one with its address', async () => {
  const { downloads, workbench } = host.test.lab;
  const offered = downloads.offer({ name: 'a.csv', type: 'text/csv', content: { bytes: Buffer.from('secret') } });
  const image = workbench.storage.blobs.put(Buffer.from('89504e470d0a1a0a', 'hex'));
  const desk = await becomeDesk();
  expect((await ask(desk, 'GET', '/')).status).toBe(200);
  for (const path of [offered, `/files/image/${image}.png`]) expect((await ask(desk, 'GET', path)).status).toBe(403);
  expect((await ask(desk, 'POST', '/uploads?name=a', 'x')).status).toBe(403);
  expect((await ask(desk, 'POST', '/limit', { page: other })).status).toBe(403);
});

test('what the browser had before is worth nothing while it is a desk, and its connections are closed', async () => {
  const { socket } = await connect(keys);
  const end = endOf(socket);
  const desk = await becomeDesk();
  expect(await end).toBe(1006);
  expect((await ask(keys, 'GET', '/')).status).toBe(403);
  expect(await endOf(openSocket(keys))).toBe(403);
  for (const mixed of [
    { ...keys, cookie: desk.cookie },
    { ...keys, secret: desk.secret },
  ])
    expect(await endOf(openSocket(mixed))).toBe(403);
  // Other browsers go on.
  const { client, socket: others } = await connect(await letIn(host.newAddress()));
  expect(await client.jobs.list({})).toEqual([]);
  others.terminate();
});

test('of two tabs that open a session at once, one gets the keys', async () => {
  const asked = Array.from({ length: 2 }, () => ask(keys, 'POST', '/limit', { page: own }));
  expect((await Promise.all(asked)).map(({ status }) => status).sort()).toEqual([200, 403]);
});

test('only the PIN gives everything back, with new keys', async () => {
  const desk = await becomeDesk();
  expect((await leave(desk)).status).toBe(403);
  const { client, socket } = await connect(desk);
  await client.desk.volunteer.checkPin({ ...page(own), pin: '1111' });
  expect((await leave(desk)).status).toBe(403);
  expect(await client.desk.volunteer.checkPin({ ...page(own), pin: '4711' })).toMatchObject({ ok: true });
  const end = endOf(socket);
  const back = keysIn(await leave(desk));
  expect(await end).toBe(1006);
  expect(new Set([keys, desk, back].flatMap(({ cookie, secret }) => [cookie, secret])).size).toBe(6);
  expect(await endOf(openSocket(desk))).toBe(403);
  const again = await connect(back);
  expect(await again.client.jobs.list({})).toEqual([]);
  expect((await leave(back)).status).toBe(403);
  again.socket.terminate();
});

test('a session that does not exist makes no desk, and one that was removed is left by the PIN only', async () => {
  expect((await ask(keys, 'POST', '/limit', { page: 'A'.repeat(22) })).status).toBe(422);
  expect((await ask(keys, 'POST', '/limit', { page: 5 })).status).toBe(400);
  const desk = await becomeDesk();
  const { client, socket } = await connect(desk);
  await host.test.client.desk.sessions.remove({ session: ownId });
  expect((await leave(desk)).status).toBe(403);
  const { open, checkPin, images } = client.desk.volunteer;
  const noSession = { code: 'REFUSED', data: { code: 'labeling.no-session' } };
  for (const call of [() => open({ ...page(own), screen }), () => images({ token: own, from: 0, count: 1 })]) {
    await expect(call()).rejects.toMatchObject(noSession);
    expect((await leave(desk)).status).toBe(403);
  }
  expect(await checkPin({ ...page(own), pin: '' })).toMatchObject({ ok: false });
  expect((await leave(desk)).status).toBe(403);
  expect(await checkPin({ ...page(own), pin: '4711' })).toMatchObject({ ok: true });
  keysIn(await leave(desk));
  socket.terminate();
});

test('a desk without its study is left by a new address from the terminal only', async () => {
  const desk = await becomeDesk();
  const { client, socket } = await connect(desk);
  await host.test.client.studies.setDeleted({ study: studyName, deleted: true });
  await host.test.client.studies.purge({ study: studyName });
  const asked = client.desk.volunteer.checkPin({ ...page(own), pin: '4711' });
  await expect(asked).rejects.toMatchObject({ code: 'REFUSED', data: { code: 'labeling.no-session' } });
  const refused = await leave(desk);
  expect([refused.status, refused.body]).toEqual([403, expect.stringContaining('Press Enter in the terminal')]);
  socket.terminate();
});

test('a desk is kept for a week, and one of an earlier version too', async () => {
  const desk = await becomeDesk();
  const { settings } = host.test.lab.workbench.storage;
  const kept = z.array(z.looseObject({ since: z.number() }));
  const [grant] = settings.get('labeling-desks', kept) ?? [];
  const { cookie, secret, desk: session } = grant as unknown as Record<string, string>;
  settings.set('labeling-desks', [{ cookie, secret, desk: session }], 0);
  await host.restart();
  expect((await ask(desk, 'GET', '/')).status).toBe(200);
  settings.set('labeling-desks', [{ ...grant, since: Date.now() - 8 * 24 * 3_600_000 }], 0);
  await host.restart();
  expect((await ask(desk, 'GET', '/')).status).toBe(403);
});

test('a desk goes on after the host was started again, and its host knows hashes only', async () => {
  const desk = await becomeDesk();
  const kept = JSON.stringify(host.test.lab.workbench.storage.settings.get('labeling-desks', z.unknown()));
  for (const secret of [own, desk.secret, desk.cookie.split('=')[1] ?? '']) expect(kept).not.toContain(secret);
  await host.restart();
  expect((await ask(keys, 'GET', '/')).status).toBe(403);
  const { client, socket } = await connect(desk);
  expect(await client.desk.volunteer.open({ ...page(own), screen })).toMatchObject({ state: 'ready' });
  await expect(client.jobs.list({})).rejects.toMatchObject({ code: 'FORBIDDEN' });
  expect((await leave(desk)).status).toBe(403);
  await client.desk.volunteer.checkPin({ ...page(own), pin: '4711' });
  keysIn(await leave(desk));
  socket.terminate();
  await host.restart();
  expect(await endOf(openSocket(desk))).toBe(403);
});

test('an address that the host opens by itself leaves a desk alone, and a printed one asks first', async () => {
  const desk = await becomeDesk();
  const opened = new URL(host.openedAddress()).search;
  expect(await ask(desk, 'GET', `/${opened}`)).toMatchObject({ status: 303, headers: { location: '/' } });
  const script = await ask(desk, 'GET', `/enter.js${opened}`);
  expect([script.body, script.headers['set-cookie']]).toEqual(['location.replace("/");\n', undefined]);
  // It still works in another browser.
  expect((await letIn(`${host.origin}/${opened}`)).secret).not.toBe('');
  const printed = new URL(host.newAddress()).search;
  const asking = await ask(desk, 'GET', `/${printed}`);
  expect(asking.body).toContain('A labeling session is in progress');
  expect(asking.body).not.toContain('<script');
  const led = await ask(desk, 'GET', `/enter.js${printed}`);
  expect([led.body, led.headers['set-cookie']]).toEqual([`location.replace("/${printed}");\n`, undefined]);
  expect((await ask(desk, 'GET', '/')).status).toBe(200);
  expect((await ask(desk, 'GET', `/${printed}&end`)).body).toContain(`/enter.js${printed}&amp;end`);
  const ended = await ask(desk, 'GET', `/enter.js${printed}&end`);
  expect(ended.headers['set-cookie']).toBeDefined();
  expect((await ask(desk, 'GET', '/')).status).toBe(403);
});

test('one desk does not take the sockets of all', async () => {
  const desk = await becomeDesk();
  const sockets = Array.from({ length: 8 }, () => openSocket(desk));
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  expect(await endOf(openSocket(desk))).toBe(503);
  const { socket } = await connect(await letIn(host.newAddress()));
  for (const each of [...sockets, socket]) each.terminate();
});
