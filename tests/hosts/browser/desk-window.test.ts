import { createServer } from 'node:net';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openBrowserHost } from '../../../main/hosts/browser/server.ts';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { handlersOf } from '../../calls.ts';
import { makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { connect, letIn, openSocket, type Keys } from './let-in.ts';
import { type Answer, endOf, openHost, type OpenHost } from './open-host.ts';

let host: OpenHost;
/** Of the researcher. */
let keys: Keys;
/** Tokens of two sessions of one study, which has a PIN. */
let [own, other] = ['', ''];

beforeEach(async () => {
  host = await openHost();
  addStimuli(host.test.lab.workbench.storage);
  const sessions = await makeSessions(host.test, 2);
  [own, other] = [at(sessions, 0).token, at(sessions, 1).token];
  await host.test.client.desk.setPin({ study: studyName, pin: '4711' });
  keys = await letIn(host.newAddress());
});

/** The name of this machine under which windows are opened. */
const windows = (): string => `localhost:${host.port}`;

/** A request as the page of these keys makes it. */
const post = ({ cookie, secret, origin }: Keys, path: string, body: unknown = {}): Promise<Answer> => {
  const content = JSON.stringify(body);
  const length = { 'Content-Length': String(Buffer.byteLength(content)) };
  const headers = { Host: new URL(origin).host, Origin: origin, Cookie: cookie, Authorization: `Bearer ${secret}` };
  return host.ask({ method: 'POST', path, headers: { ...headers, ...length }, body: content });
};

async function addressFor(page: string): Promise<string> {
  const { status, body } = await post(keys, '/limit/window', { page });
  expect(status).toBe(200);
  return (JSON.parse(body) as { address: string }).address;
}

/** A request for a page, with what a browser has under a name of this machine. */
const get = (path: string, name = windows(), cookie = ''): Promise<Answer> =>
  host.ask({ path, headers: { Host: name, Cookie: cookie } });

const tokenOf = (address: string): string => new URL(address).search;
const sitting = '00000000-0000-4000-8000-000000000001';

test('a window has one page, and the browser that opened it goes on', async () => {
  const board = await connect(keys);
  const address = await addressFor(own);
  expect(new URL(address).host).toBe(windows());
  const desk = await letIn(address);
  expect(desk.secret).not.toBe('');
  expect((await letIn(address)).secret).toBe('');
  const { client } = await connect(desk);
  const { open } = client.desk.volunteer;
  expect(await open({ token: own, sitting, screen })).toMatchObject({ state: 'ready' });
  const refused = { code: 'FORBIDDEN' };
  await expect(open({ token: other, sitting, screen })).rejects.toMatchObject(refused);
  await expect(client.desk.board({ study: studyName })).rejects.toMatchObject(refused);
  for (const path of ['/limit', '/limit/window', '/limit/end'])
    expect(await post(desk, path, { page: other })).toMatchObject({ status: 403 });
  expect((await get('/files/report/small/index.html', windows(), desk.cookie)).status).toBe(403);
  expect((await board.client.desk.board({ study: studyName })).sessions).toHaveLength(2);
});

test('leaving it by the PIN gives nothing, also after a restart', async () => {
  const desk = await letIn(await addressFor(own));
  await host.restart();
  const { client, socket } = await connect(desk);
  const ended = endOf(socket);
  expect(await client.desk.volunteer.checkPin({ token: own, sitting, pin: '4711' })).toMatchObject({ ok: true });
  expect(await post(desk, '/limit/end')).toMatchObject({ status: 200, body: '{"secret":""}' });
  await ended;
  const hasEnded = async (): Promise<void> => {
    expect(await get('/', windows(), desk.cookie)).toMatchObject({ status: 403 });
    expect(await endOf(openSocket(desk))).toBe(403);
  };
  await hasEnded();
  await host.restart();
  await hasEnded();
});

test('addresses lead to the name that they are for, and are not used up by that', async () => {
  const addresses = [
    [host.newAddress(), windows()],
    [await addressFor(own), `127.0.0.1:${host.port}`],
  ] as const;
  for (const [address, wrong] of addresses) {
    const led = await get(`/${tokenOf(address)}`, wrong);
    expect(led).toMatchObject({ status: 303, headers: { location: address } });
    expect(await get(`/enter.js${tokenOf(address)}`, wrong)).toMatchObject({ status: 403 });
    expect((await letIn(address)).secret).not.toBe('');
  }
});

test('what is handed to a window stands in the address of its page; anything but digits is refused', async () => {
  const asked = await post(keys, '/limit/window', { page: own, handed: '5.2' });
  const { address } = JSON.parse(asked.body) as { address: string };
  const script = await get(`/enter.js${tokenOf(address)}`);
  expect(script.body).toContain(`location.replace("/?handed=5.2#/desk/${own}")`);
  for (const handed of ['', '1"', '#', '<b>', '1'.repeat(21)])
    expect(await post(keys, '/limit/window', { page: own, handed })).toMatchObject({ status: 400 });
});

test('a browser has one open window at a time, and a closed one makes room; a later address replaces an earlier one for the same page', async () => {
  const earlier = await addressFor(own);
  const first = await addressFor(own);
  expect((await letIn(earlier)).secret).toBe('');
  const desk = await letIn(first);
  const again = await get(`/${tokenOf(await addressFor(own))}`, windows(), desk.cookie);
  expect(again).toMatchObject({ status: 303, headers: { location: `/#/desk/${own}` } });
  const { socket } = await connect(desk);
  const second = await addressFor(other);
  for (const end of ['', '&end']) {
    const answer = await get(`/${tokenOf(second)}${end}`, windows(), desk.cookie);
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('has a window for another session') });
    const script = await get(`/enter.js${tokenOf(second)}${end}`, windows(), desk.cookie);
    expect(script.headers['set-cookie']).toBeUndefined();
  }
  const ended = endOf(socket);
  socket.close();
  await ended;
  await vi.waitFor(async () => {
    const script = await get(`/enter.js${tokenOf(second)}`, windows(), desk.cookie);
    expect(script.headers['set-cookie']).toBeDefined();
  });
  expect(await get('/', windows(), desk.cookie)).toMatchObject({ status: 403 });
  expect(await post(keys, '/limit/window', { page: 'x'.repeat(22) })).toMatchObject({ status: 422 });
  expect(await post(keys, '/limit/window', { page: 'none' })).toMatchObject({ status: 400 });
});

const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

test.skipIf(!hasIpv6)('a window is refused where another program answers under its name', async () => {
  const foreign = createServer().listen({ host: '::1', port: 0 });
  await once(foreign, 'listening');
  onTestFinished(() => void foreign.close());
  const { port } = foreign.address() as { port: number };
  const { lab } = host.test;
  const log = (): void => undefined;
  const second = await openBrowserHost({ page: { root: host.root, lab, log }, calls: handlersOf({ lab, log }), port });
  onTestFinished(() => second.close());
  const { origin, cookie, secret } = await letIn(second.newAddress());
  const headers = { Origin: origin, Cookie: cookie, Authorization: `Bearer ${secret}` };
  const answer = await fetch(`${origin}/limit/window`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ page: own }),
  });
  expect(answer.status).toBe(422);
  expect(await answer.json()).toMatchObject({ code: 'browser.window', remedy: expect.stringContaining('--port') });
  // The old way stays.
  const limited = await fetch(`${origin}/limit`, { method: 'POST', headers, body: JSON.stringify({ page: own }) });
  expect(limited.status).toBe(200);
});
