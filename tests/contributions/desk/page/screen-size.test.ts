import { createElement } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { measureScreen, pixelsPerMm, Ruler } from '../../../../renderer/contributions/desk/page/screen-size.tsx';
import { shownSize } from '../../../../renderer/contributions/desk/page/trial-image.tsx';
import { markupOf, textOf } from '../../../renderer/text-of.ts';
import { viewOf } from './view-of.ts';

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const measured = (value: string): void => void kept.set('boundary-pixels-per-mm', value);

test('a millimeter is as long as the ruler says; impossible values are none', () => {
  expect(pixelsPerMm()).toBeNull();
  const found = ['0.0999', '0.1', '5.25', '200', '200.5', 'nonsense', '0', '-3'].map((value) => {
    measured(value);
    return pixelsPerMm();
  });
  expect(found).toEqual([null, 0.1, 5.25, 200, null, null, null, null]);
});

test('an image in millimeters follows the ruler, or 96 pixels an inch where nobody measured', () => {
  const size = () =>
    shownSize(viewOf({ size: { unit: 'mm', value: 25.4 }, image: { width: 8, height: 4, channels: 1 } }));
  expect(size().width).toBeCloseTo(96, 9);
  expect(size().height).toBeCloseTo(48, 9);
  measured('5');
  expect(size()).toEqual({ width: 127, height: 63.5 });
});

test('the frame of the ruler is a bank card, 85.6 mm wide', () => {
  const ruler = (): string => markupOf(createElement(Ruler));
  expect(ruler()).toContain('width:324px');
  expect(ruler()).toMatch(/min="150" max="900"/);
  expect(textOf(ruler())).toContain('Not set on this screen yet');
  measured('5.256');
  expect(ruler()).toContain('width:450px');
  expect(textOf(ruler())).toContain('5.26 pixels per millimeter');
});

test('a hidden page that draws no frame has no rate after a second and a half', async () => {
  vi.useFakeTimers();
  vi.stubGlobal('requestAnimationFrame', () => 0);
  vi.stubGlobal('window', { innerWidth: 800, innerHeight: 600, devicePixelRatio: 1.5 });
  let screen: unknown;
  void measureScreen().then((measuredScreen) => {
    screen = measuredScreen;
  });
  await vi.advanceTimersByTimeAsync(1499);
  expect(screen).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(screen).toEqual({ refreshHz: null, width: 800, height: 600, pixelRatio: 1.5, pixelsPerMm: null });
});
