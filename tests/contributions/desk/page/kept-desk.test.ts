import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { accessKey } from '../../../../main/contract/wire/bridge.ts';
import { ownAccess } from '../../../../renderer/client/access.ts';
import {
  enterDesk,
  isStandingBy,
  keptDesk,
  leaveDesk,
  markStandingBy,
} from '../../../../renderer/contributions/desk/page/kept-desk.ts';
import { hasStrayed } from '../../../../renderer/contributions/desk/page/kiosk.ts';

const [desk, other] = ['ABCDEFGHIJKLMNOPQRSTUV', 'abcdefghijklmnopqrstuv'];
const [local, session] = [new Map<string, string>(), new Map<string, string>()];
const storage = (kept: Map<string, string>) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
  removeItem: (key: string) => kept.delete(key),
});

/** What the page did: addresses that it went to, with `load` where it loads. */
let went: string[];
let posted: string[];
const location = { protocol: 'http:', hash: '' };

beforeEach(() => {
  for (const kept of [local, session]) kept.clear();
  [went, posted, location.hash] = [[], [], ''];
  vi.stubGlobal('localStorage', storage(local));
  vi.stubGlobal('sessionStorage', storage(session));
  vi.stubGlobal('window', {
    location: {
      ...location,
      replace: (address: string) => went.push(`load ${address}`),
      reload: () => went.push('load'),
    },
    history: { replaceState: (_: unknown, __: string, address: string) => went.push(address) },
  });
  vi.stubGlobal('fetch', async (address: string, { body }: { body: string }) => {
    posted.push(`${address} ${body}`);
    return new Response('{"secret":"new"}');
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const at = (hash: string): void => {
  window.location.hash = hash;
};
const limitedTo = (token: string | null): void =>
  void local.set(accessKey, token === null ? 'secret' : `secret ${token}`);

test('a browser that is limited to a session stays in it, and remembers who tried to leave', () => {
  limitedTo(desk);
  at(`#/desk/${desk}`);
  expect([keptDesk(), went, hasStrayed()]).toEqual([desk, [], false]);
  for (const hash of ['#/studies', `#/desk/${other}`, `#/desk/${desk}x`, '']) {
    at(hash);
    expect(keptDesk()).toBe(desk);
    expect(hasStrayed()).toBe(true);
  }
  expect(went).toEqual(new Array(4).fill(`#/desk/${desk}`));
});

test('others open the session that an address names, or none', () => {
  limitedTo(null);
  for (const [hash, expected] of [
    [`#/desk/${other}`, other],
    ['#/studies', null],
    ['#/desk/short', null],
  ] as const) {
    at(hash);
    expect(keptDesk()).toBe(expected);
  }
  expect([went, hasStrayed()]).toEqual([[], false]);
});

test('a tab stands by for one load, while another tab has a session', () => {
  limitedTo(desk);
  expect(isStandingBy()).toBe(false);
  markStandingBy();
  expect(isStandingBy()).toBe(true);
  expect(went).toEqual([`#/desk/${desk}`]);
  expect(isStandingBy()).toBe(false);
  markStandingBy();
  limitedTo(null);
  expect(isStandingBy()).toBe(false);
});

test('entering limits the browser once; leaving lifts that, and opens the study or the list', async () => {
  limitedTo(null);
  await enterDesk(desk);
  await enterDesk(desk);
  expect(posted).toEqual([`/limit {"page":"${desk}"}`]);
  expect(ownAccess()).toEqual({ secret: 'new', limitedTo: desk });
  session.set('labeling-session-strayed', 'yes');
  await leaveDesk('digits');
  expect(posted.slice(1)).toEqual(['/limit/end {}']);
  expect([ownAccess(), hasStrayed()]).toEqual([{ secret: 'new', limitedTo: null }, false]);
  expect(went).toEqual(['load #/studies/digits/labeling?part=sessions']);
  await leaveDesk(null);
  expect(posted).toHaveLength(2);
  expect(went.slice(1)).toEqual(['load #/studies']);
});
