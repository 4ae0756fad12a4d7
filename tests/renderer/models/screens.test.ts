import { expect, onTestFinished, test, vi } from 'vitest';
import type { Parts } from '../../../renderer/ui/places/places.ts';

const Extra = () => null;

const load = vi.fn(() => Promise.resolve(Extra));

/** Routes of the page. @param parts what a contribution adds to it */
async function routesOf(parts: Parts) {
  vi.resetModules();
  onTestFinished(() => void vi.resetModules());
  const { addParts } = await import('../../../renderer/ui/places/places.ts');
  const { allRoutes } = await import('../../../renderer/app/routes.tsx');
  addParts('extra', parts);
  return { routes: allRoutes(), again: allRoutes() };
}

test.each([
  ['behind Models', { 'models.screens': [{ path: '/extra', title: 'Extra', load }] }, '/studies/:study/models/extra'],
  ['outside of studies', { screens: [{ path: '/extra', title: 'Extra', command: 'Open extra', load }] }, '/extra'],
])(
  'a screen that a contribution adds %s has an address, a title, and code that is loaded when needed',
  async (_, parts, address) => {
    const [without, { routes, again }] = [await routesOf({}), await routesOf(parts)];
    expect(Object.keys(routes)).toEqual([...Object.keys(without.routes), address]);
    expect(routes[address]?.title).toBe('Extra');
    expect(again).toBe(routes);
    expect(load).not.toHaveBeenCalled();
  },
);
