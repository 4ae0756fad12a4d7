import { createElement } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { KitPayload } from '../../../../main/contributions/offline/kit-format.ts';
import { KitApp } from '../../../../renderer/contributions/offline/kit/kit-app.tsx';
import { storeCode, storedCode, unlock } from '../../../../renderer/contributions/offline/kit/unlock.ts';
import { viewOf } from '../../desk/page/view-of.ts';
import { markupOf, textOf } from '../../../renderer/text-of.ts';
import { kitOf, lockedKit } from './kit-of.ts';

const [local, session] = [new Map<string, string>(), new Map<string, string>()];
const storage = (kept: Map<string, string>) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => kept.set(key, value),
  removeItem: (key: string) => kept.delete(key),
});

beforeEach(() => {
  for (const kept of [local, session]) kept.clear();
  vi.stubGlobal('localStorage', storage(local));
  vi.stubGlobal('sessionStorage', storage(session));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test('a code opens the session of its person, however it is typed, and no other code opens one', async () => {
  const { locked, tokens } = lockedKit('ABCD2345', 'WXYZ6789');
  expect((await unlock(locked, 'ABCD2345'))?.token).toBe(tokens[0]);
  expect((await unlock(locked, ' wxyz-6789 '))?.token).toBe(tokens[1]);
  expect(await unlock(locked, 'ABCD2346')).toBeNull();
});

test('a kit for several remembers the code of this tab, of this kit, until it is forgotten', () => {
  const [{ kit }, { kit: other }] = [lockedKit('ABCD2345', 'WXYZ6789'), lockedKit('ABCD2345', 'WXYZ6789')];
  const page = (): string => markupOf(createElement(KitApp, { kit }));
  expect(textOf(page())).toBe('WelcomeThe code from the researcherContinue');
  expect(page()).toMatch(/spellcheck="false"[^>]*maxlength="24"|maxlength="24"[^>]*spellcheck="false"/i);
  expect(page()).not.toContain('disabled');
  storeCode(kit, 'ABCD2345');
  expect([storedCode(kit), storedCode(other)]).toEqual(['ABCD2345', null]);
  expect(textOf(page())).toBe('WelcomeThe code from the researcherPlease wait');
  expect(page()).toContain('disabled');
  storeCode(kit, null);
  expect(storedCode(kit)).toBeNull();
  // A browser that stores nothing.
  vi.stubGlobal('sessionStorage', undefined);
  storeCode(kit, 'ABCD2345');
  expect(storedCode(kit)).toBeNull();
});

test('a kit in millimeters asks for the ruler where nobody used it; an incomplete file says so', () => {
  const page = (kit: KitPayload | null): string => textOf(createElement(KitApp, { kit }));
  const inMm = kitOf(viewOf({ size: { unit: 'mm', value: 30 } }));
  expect(page(inMm)).toMatch(/^How big is this screen\?Hold a bank card/);
  expect(page(kitOf(viewOf()))).toBe('One moment …Save the result file');
  local.set('boundary-pixels-per-mm', '4');
  expect(page(inMm)).toBe('One moment …Save the result file');
  expect(page(null)).toBe('Please call the researcherThis file is incomplete. Copy it to this computer again.');
});
