import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { at } from '../../../main/domain/numbers/arrays.ts';
import { makeSessions } from '../../contributions/desk/make-sessions.ts';
import { addStimuli, answer, screen, studyName } from '../../services/labeling/labeling-helper.ts';
import { letIn, openSocket, type Keys } from './let-in.ts';
import { openHost, type OpenHost } from './open-host.ts';

let host: OpenHost;

beforeEach(async () => {
  host = await openHost();
});

/** A tab with a socket of its own; counts what it was answered. */
class Tab {
  answered = 0;
  readonly #socket: WebSocket;
  readonly #awaited = new Map<string, (status: number) => void>();
  #calls = 0;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const { i, p } = JSON.parse(String(data)) as { i: string; p: { s?: number } };
      this.answered += 1;
      this.#awaited.get(i)?.(p.s ?? 200);
    });
  }

  static async open(keys: Keys): Promise<Tab> {
    const socket = openSocket(keys);
    await once(socket, 'open');
    return new Tab(socket);
  }

  /** Makes a call, e.g. of `jobs/list`. Gives the status of the answer. */
  call(path: string, input: object = {}): Promise<number> {
    const id = String(++this.#calls);
    this.#socket.send(JSON.stringify({ i: id, p: { u: `/${path}`, b: { json: input } } }));
    return new Promise((resolve) => this.#awaited.set(id, resolve));
  }

  /** Makes a call so many times; resolves when all are answered. */
  flood(count: number, path: string, input: object = {}): Promise<number[]> {
    return Promise.all(Array.from({ length: count }, () => this.call(path, input)));
  }

  end(): void {
    this.#socket.terminate();
  }
}

const becomeDesk = async ({ origin, cookie, secret }: Keys, session: string): Promise<Keys> => {
  const headers = { Cookie: cookie, Authorization: `Bearer ${secret}`, Origin: origin };
  const answered = await fetch(`${origin}/limit`, { method: 'POST', body: JSON.stringify({ page: session }), headers });
  const given = (await answered.json()) as { secret: string };
  return { origin, cookie: answered.headers.get('set-cookie')?.split(';')[0] ?? '', secret: given.secret };
};

/** Keys of a desk in a browser of its own, and the token of its session. */
async function openDesk(): Promise<{ keys: Keys; token: string }> {
  addStimuli(host.test.lab.workbench.storage);
  const { token } = at(await makeSessions(host.test, 1), 0);
  return { keys: await becomeDesk(await letIn(host.newAddress()), token), token };
}

const ownKeys = (): Keys => ({ origin: host.origin, cookie: host.cookie, secret: host.secret });

test('a tab is answered at once while another one has 1,000 calls under way', async () => {
  const [busy, other] = [await Tab.open(ownKeys()), await Tab.open(ownKeys())];
  const list = vi.spyOn(host.test.lab.jobs, 'list');
  const all = busy.flood(1000, 'jobs/list');
  // One after the other; the busy tab makes progress meanwhile.
  for (let n = 0; n < 5; n++) expect(await other.call('work/state')).toBe(200);
  expect(list.mock.calls.length).toBeLessThan(200);
  await all;
  expect(list).toHaveBeenCalledTimes(1000);
  busy.end();
  other.end();
});

test('a labeler stores one answer after the other while 30 tabs have 500 calls each under way', async () => {
  const { keys, token } = await openDesk();
  const desk = await Tab.open(keys);
  const sitting = { token, sitting: randomUUID() };
  expect(await desk.call('desk/volunteer/open', { ...sitting, screen })).toBe(200);
  const tabs = await Promise.all(Array.from({ length: 30 }, () => Tab.open(ownKeys())));
  const all = tabs.map((tab) => tab.flood(500, 'desk/board', { study: studyName }));
  for (let n = 0; n < 20; n++)
    expect(await desk.call('desk/volunteer/addEvents', { ...sitting, events: [answer(n + 1, n, 1)] })).toBe(200);
  expect(tabs.reduce((sum, { answered }) => sum + answered, 0)).toBeLessThan(2000);
  for (const tab of [...tabs, desk]) tab.end();
  void all;
});

test('18,000 refused calls of a desk keep nobody waiting', async () => {
  const { keys } = await openDesk();
  const [desk, other] = [await Tab.open(keys), await Tab.open(ownKeys())];
  const sent = vi.spyOn(WebSocket.prototype, 'send');
  const refused = () => sent.mock.calls.filter(([data]) => String(data).includes('"s":403')).length;
  const all = desk.flood(18_000, 'jobs/list');
  expect(await other.call('work/state')).toBe(200);
  expect(refused()).toBeLessThan(200);
  expect(new Set(await all)).toEqual(new Set([403]));
  desk.end();
  other.end();
});

test('a page that asks for more than is read at once gets every answer, and ends when it likes', async () => {
  const [busy, other] = [await Tab.open(ownKeys()), await Tab.open(ownKeys())];
  expect(new Set(await busy.flood(10_000, 'jobs/list'))).toEqual(new Set([200]));
  const all = busy.flood(10_000, 'jobs/list');
  await other.call('jobs/list');
  busy.end();
  expect(await other.call('jobs/list')).toBe(200);
  other.end();
  void all;
  expect(host.test.defects).toEqual([]);
});
