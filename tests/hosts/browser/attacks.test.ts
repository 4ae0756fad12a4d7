import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { callProtocol } from '../../../main/contract/wire/bridge.ts';
import { contentSecurityPolicy } from '../../../main/hosts/page/headers.ts';
import { letIn } from './let-in.ts';
import { endOf, openHost } from './open-host.ts';
import type { OpenHost } from './open-host.ts';

/** The host still answers those who may ask, and none of this was a defect of its own. */
async function isWell(host: OpenHost): Promise<void> {
  expect((await host.ask()).status).toBe(200);
  expect(host.test.defects).toEqual([]);
}

test('who has the address is let in once, by a cookie that no script and no other site can use', async () => {
  const host = await openHost();
  const { search } = new URL(host.newAddress());
  const stranger = { Cookie: '' };
  const entrance = await host.ask({ path: `/${search}`, headers: stranger });
  expect(entrance.status).toBe(200);
  expect(entrance.headers['set-cookie']).toBeUndefined();
  const { status, headers } = await host.ask({ path: `/enter.js${search}`, headers: stranger });
  expect(status).toBe(200);
  expect(headers['cache-control']).toBe('no-store');
  expect(String(headers['set-cookie'])).toMatch(/^workbench-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  expect(String(headers['set-cookie'])).not.toContain(search.slice('?token='.length));
  for (const path of [`/${search}`, `/enter.js${search}`]) {
    const again = await host.ask({ path, headers: stranger });
    expect(again.status).toBe(403);
    expect(again.headers['set-cookie']).toBeUndefined();
    expect(again.body).toContain('Press Enter in the terminal');
  }
  // Who is in already goes to the page, e.g. with a tab that is opened again.
  expect(await host.ask({ path: `/${search}` })).toMatchObject({ status: 303, headers: { location: '/' } });
  const page = await host.ask();
  expect(page.status).toBe(200);
  expect(page.headers).toMatchObject({
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  expect(page.headers['access-control-allow-origin']).toBeUndefined();
});

test('a new address replaces the one before', async () => {
  const host = await openHost();
  const before = new URL(host.newAddress()).search;
  const after = new URL(host.newAddress()).search;
  expect((await host.ask({ path: `/enter.js${before}`, headers: { Cookie: '' } })).status).toBe(403);
  expect((await host.ask({ path: `/enter.js${after}`, headers: { Cookie: '' } })).status).toBe(200);
});

test('the cookie alone, which every port of this machine gets to see, opens no socket and changes nothing', async () => {
  const host = await openHost();
  const other = await letIn(host.newAddress());
  for (const secret of ['', 'A'.repeat(43), other.secret]) expect(await endOf(host.socket({ secret }))).toBe(403);
  for (const Authorization of ['', 'Bearer ', `Bearer ${other.secret}`, `Basic ${host.secret}`]) {
    const headers = { Origin: host.origin, Authorization };
    expect((await host.ask({ method: 'POST', path: '/uploads?name=a', headers, body: 'x' })).status).toBe(403);
  }
  const socket = host.socket();
  await once(socket, 'open');
  expect(socket.protocol).toBe(callProtocol);
  socket.terminate();
  await isWell(host);
});

test.each([
  ['a wrong token', { path: '/?token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA', headers: { Cookie: '' } }],
  ['a wrong token at the exchange', { path: '/enter.js?token=AAAAAAAAAAAAAAAA', headers: { Cookie: '' } }],
  ['an empty token', { path: '/?token=', headers: { Cookie: '' } }],
  ['no token', { headers: { Cookie: '' } }],
  ['a wrong cookie', { headers: { Cookie: 'workbench=AAAA' } }],
  ['a path of the page without cookie', { path: '/index.html', headers: { Cookie: '' } }],
  ['a file without cookie', { path: '/files/1/a.csv', headers: { Cookie: '' } }],
])('%s is not let in, and learns nothing', async (_what, asking) => {
  const host = await openHost();
  const answer = await host.ask(asking);
  expect(answer.status).toBe(403);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.body).not.toContain('page');
  await isWell(host);
});

test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', '0.0.0.0', '[::1]'])(
  'a name that was made to point here (Host: %s) is refused, cookie or not',
  async (name) => {
    const host = await openHost();
    expect((await host.ask({ headers: { Host: name } })).status).toBeGreaterThanOrEqual(400);
    const token = new URL(host.newAddress()).search;
    const entering = await host.ask({ path: `/enter.js${token}`, headers: { Host: name } });
    expect(entering.headers['set-cookie']).toBeUndefined();
    expect(await endOf(host.socket({ headers: { Host: name }, origin: `http://${name}` }))).toBeGreaterThanOrEqual(400);
    await isWell(host);
  },
);

test.each(['https://evil.example', 'null', 'http://localhost:1', 'http://127.0.0.1'])(
  'another page (Origin: %s) can neither change anything nor open a socket',
  async (origin) => {
    const host = await openHost();
    const handed = await host.ask({ method: 'POST', path: '/uploads?name=a', headers: { Origin: origin }, body: 'x' });
    expect(handed.status).toBe(403);
    expect(await endOf(host.socket({ origin }))).toBe(403);
    await isWell(host);
  },
);

test('a page that does not say where it comes from can change nothing', async () => {
  const host = await openHost();
  expect((await host.ask({ method: 'POST', path: '/uploads?name=a', body: 'x' })).status).toBe(403);
  const { origin } = host;
  const own = await host.ask({ method: 'POST', path: '/uploads?name=a', headers: { Origin: origin }, body: 'x' });
  expect(own.status).toBe(200);
});

test.each(['', 'workbench-1=AAAA', 'workbench=', 'a=b; c=d'])(
  'a socket with the cookie "%s" is refused',
  async (cookie) => {
    const host = await openHost();
    expect(await endOf(host.socket({ cookie }))).toBe(403);
    await isWell(host);
  },
);

test('a socket at another path is refused', async () => {
  const host = await openHost();
  const socket = connect(host.port, '127.0.0.1');
  socket.write(
    `GET /other HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nOrigin: ${host.origin}\r\nCookie: ${host.cookie}\r\n` +
      `Sec-WebSocket-Protocol: ${callProtocol}, ${host.secret}\r\n` +
      'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 404/);
});

test.each([
  ['no JSON', 'hello', 1002],
  ['no message', '{"a":1}', 1002],
  ['a list', '[]', 1002],
  ['a number that is too long for an id', `{"i":"${'1'.repeat(100)}"}`, 1002],
  ['bytes', Buffer.from([1, 2, 3]), 1002],
  ['more than is taken', `{"i":"1","p":{"u":"/jobs/list","b":"${'x'.repeat(5 * 2 ** 20)}"}}`, 1009],
])('a message that is %s ends its socket, and no other', async (_what, message, code) => {
  const host = await openHost();
  const other = host.socket();
  await once(other, 'open');
  const socket = host.socket();
  await once(socket, 'open');
  const end = endOf(socket);
  socket.send(message);
  // A socket that is thrown out for its size may see the break before the reason.
  expect([code, 1006]).toContain(await end);
  expect(await call(other, 'jobs/list', {})).toMatchObject({ p: { b: { json: [] } } });
  other.close();
  await isWell(host);
});

test.each([
  ['{"i":"1"}'],
  ['{"i":"1","p":5}'],
  ['{"i":"1","p":{"u":"::"}}'],
  ['{"i":"1","p":{"u":"/jobs/list","h":{"content-type":"multipart/form-data"},"b":1}}'],
  ['{"i":"1","p":{"u":"/../../etc/passwd"}}'],
  ['{"i":"1","p":{"u":"/__proto__/constructor"}}'],
  ['{"i":"1","t":99,"p":{}}'],
  ['{"i":"1","t":3,"p":{"e":"message"}}'],
  ['{"i":"1","t":4}'],
  [`{"i":"1","p":{"u":"/jobs/list","b":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`],
  ['{"i":"1","p":{"u":"/jobs/list","b":{"json":{},"meta":[[1,["__proto__","polluted"]]]}}}'],
])('a strange call (%.60s) hurts nobody', async (message) => {
  vi.spyOn(console, 'error').mockReturnValue();
  const host = await openHost();
  const socket = host.socket();
  await once(socket, 'open');
  socket.send(message);
  await wait(50);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  const other = host.socket();
  await once(other, 'open');
  expect(await call(other, 'jobs/list', {})).toMatchObject({ p: { b: { json: [] } } });
  socket.terminate();
  other.close();
  await isWell(host);
});

test('no more sockets are taken than pages need', async () => {
  const host = await openHost();
  const of = (count: number, keys: { cookie?: string; secret?: string } = {}) =>
    Array.from({ length: count }, () => host.socket(keys));
  const sockets = of(32);
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  // One browser does not take them all.
  expect(await endOf(host.socket())).toBe(503);
  const other = await letIn(host.newAddress());
  const others = of(32, other);
  await Promise.all(others.map((socket) => once(socket, 'open')));
  expect(await endOf(host.socket(await letIn(host.newAddress())))).toBe(503);
  for (const socket of others) socket.terminate();
  for (const socket of sockets) socket.terminate();
  await vi.waitFor(
    async () => {
      const again = host.socket();
      again.on('error', () => undefined);
      await once(again, 'open');
      again.terminate();
    },
    { timeout: 30_000 },
  );
});

test.each([
  '/../secret.json',
  '/%2e%2e/secret.json',
  '/..%2fsecret.json',
  '/assets/..%2f..%2fsecret.json',
  '/..%5csecret.json',
  '/%252e%252e%252fsecret.json',
  '/secret.json%00.html',
  '//[secret.json',
  '/%ff%fe.html',
  '//etc/passwd',
  '/files/../secret.json',
  '/files/..%2f..%2fsecret.json',
  '/files/image/../../../secret.json',
  `/files/image/${'0'.repeat(64)}.png`,
  `/files/image/..%2f${'0'.repeat(61)}.png`,
  `/files/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}/a.csv`,
  'http://evil.example/secret.json',
])('%s leads to nothing', async (path) => {
  const host = await openHost();
  const answer = await host.ask({ path });
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.body).not.toContain('secret');
  await isWell(host);
});

test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])('%s is not answered', async (method) => {
  const host = await openHost();
  expect((await host.ask({ method, headers: { Origin: host.origin } })).status).toBe(405);
});

test('blobs that are no images do not leave', async () => {
  const host = await openHost();
  const hash = host.test.lab.workbench.storage.blobs.put(Buffer.from('weights of a model'));
  expect((await host.ask({ path: `/files/image/${hash}.png` })).status).toBe(404);
});

test('a file with a hostile name is saved under that name, and never shown as a page', async () => {
  const host = await openHost();
  const name = '"><script>alert(1)</script>\r\nSet-Cookie: a=b/../../x.html';
  const path = host.test.lab.downloads.offer({ name, type: 'text/html', content: { bytes: Buffer.from('<b>') } });
  const { headers } = await host.ask({ path });
  expect(headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''[\w%.~!-]+$/);
  expect(headers['content-security-policy']).toBe("default-src 'none'; sandbox");
  expect(headers['set-cookie']).toBeUndefined();
});

test('files that are handed over and never used do not fill the disk', async () => {
  const host = await openHost();
  const hand = (name: string, body: string) =>
    host.ask({ method: 'POST', path: `/uploads?name=${name}`, headers: { Origin: host.origin }, body });
  for (let k = 0; k < 25; k++) expect((await hand('..%2f..%2fevil', 'x')).status).toBe(200);
  const files = readdirSync(join(host.test.dataFolder, 'uploads'));
  expect(files.every((file) => /^[0-9a-f-]{36}$/.test(file))).toBe(true);
  expect(files).toHaveLength(20);
});

test('a file that says that it is too large is refused before it comes', async () => {
  const host = await openHost();
  const socket = connect(host.port, '127.0.0.1');
  socket.write(
    `POST /uploads?name=a HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nOrigin: ${host.origin}\r\n` +
      `Cookie: ${host.cookie}\r\nAuthorization: Bearer ${host.secret}\r\nContent-Length: ${2 ** 40}\r\n\r\n`,
  );
  expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 413/);
  socket.destroy();
  await isWell(host);
});

test('a file that breaks off half-way leaves nothing behind', async () => {
  const host = await openHost();
  const socket = connect(host.port, '127.0.0.1');
  socket.write(
    `POST /uploads?name=a HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nOrigin: ${host.origin}\r\n` +
      `Cookie: ${host.cookie}\r\nAuthorization: Bearer ${host.secret}\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(1000)}`,
  );
  const folder = join(host.test.dataFolder, 'uploads');
  await vi.waitFor(() => expect(readdirSync(folder)).toHaveLength(1), { timeout: 30_000 });
  socket.destroy();
  await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]), { timeout: 30_000 });
  await isWell(host);
});

test('clients that say nothing, or say it slowly, hold nobody up', async () => {
  const host = await openHost();
  const silent = Array.from({ length: 50 }, () => connect(host.port, '127.0.0.1'));
  const slow = connect(host.port, '127.0.0.1');
  slow.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nX-Slow: `);
  const drip = setInterval(() => slow.write('x'), 20);
  await Promise.all([...silent, slow].map((socket) => socket.readyState === 'open' || once(socket, 'connect')));
  await isWell(host);
  // It answered while they were there, not once they had gone.
  for (const socket of [...silent, slow]) expect(socket.readyState).toBe('open');
  clearInterval(drip);
  for (const socket of [...silent, slow]) socket.destroy();
});

test('headers without end are refused', async () => {
  const host = await openHost();
  const answer = await host.ask({ headers: { 'X-Long': 'x'.repeat(64 * 1024) } }).catch(() => ({ status: 431 }));
  expect(answer.status).toBe(431);
  await isWell(host);
});

/** A call as the page's client writes it. */
async function call(socket: Awaited<ReturnType<OpenHost['socket']>>, path: string, input: unknown): Promise<unknown> {
  socket.send(JSON.stringify({ i: 'x', p: { u: `/${path}`, b: { json: input } } }));
  const [data] = await once(socket, 'message');
  return JSON.parse(String(data));
}

test('of requests that are sent at once without access, the first is answered and the connection closed', async () => {
  const host = await openHost();
  const socket = connect(host.port, '127.0.0.1');
  let answered = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answered += text));
  socket.on('error', () => undefined);
  socket.write(`GET /x HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\n\r\n`.repeat(1000));
  await once(socket, 'close');
  expect(answered.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403']);
  expect(answered).toMatch(/^Connection: close\r$/m);
  await isWell(host);
});

test('only the page itself becomes a document: another tab of its origin could wait for the researcher', async () => {
  const host = await openHost();
  const asDocument = { 'Sec-Fetch-Dest': 'document' };
  writeFileSync(join(host.root, 'assets', 'index-a.js'), '1');
  expect((await host.ask({ headers: asDocument })).status).toBe(200);
  expect((await host.ask({ path: '/?x', headers: asDocument })).status).toBe(200);
  expect((await host.ask({ path: '/assets/index-a.js', headers: { 'Sec-Fetch-Dest': 'script' } })).status).toBe(200);
  for (const destination of ['document', 'iframe', 'embed', 'object']) {
    const answer = await host.ask({ path: '/assets/index-a.js', headers: { 'Sec-Fetch-Dest': destination } });
    expect(answer.status).toBe(403);
    expect(answer.headers['content-security-policy']).toContain('sandbox');
  }
  const other = await host.ask({ path: '/nothing', headers: {} });
  expect(other.headers['content-security-policy']).toContain('sandbox');
  expect((await host.ask()).headers['cross-origin-opener-policy']).toBe('same-origin');
});
