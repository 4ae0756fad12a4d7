import { expect, onTestFinished, test, vi } from 'vitest';

const Extra = () => null;

/** Routes of the page, and what loads their code. @param isAdded whether a contribution adds a screen behind Models */
async function routesOf(isAdded: boolean) {
  vi.resetModules();
  onTestFinished(() => void vi.resetModules());
  const { addParts } = await import('../../../renderer/ui/places.ts');
  const { allRoutes } = await import('../../../renderer/app/routes.tsx');
  const load = vi.fn(() => Promise.resolve(Extra));
  if (isAdded) addParts('extra', { 'models.screens': [{ path: '/extra', title: 'Extra models', load }] });
  return { routes: allRoutes(), again: allRoutes(), load };
}

test('a screen that a contribution adds has an address behind Models, a title, and code that is loaded when needed', async () => {
  const [without, { routes, again, load }] = [await routesOf(false), await routesOf(true)];
  const address = '/studies/:study/models/extra';
  expect(Object.keys(routes)).toEqual([...Object.keys(without.routes), address]);
  expect(routes[address]?.title).toBe('Extra models');
  expect(again).toBe(routes);
  expect(load).not.toHaveBeenCalled();
});
