import { expect, test } from 'vitest';
import { contract } from '../../../../main/contract/api/contract.ts';
import { contributions } from '../../../../main/contributions/all.ts';

/** Calls below a node that a limited page may make. */
function marked(node: object, path: string): string[] {
  if (!('~orpc' in node)) return Object.entries(node).flatMap(([name, each]) => marked(each, `${path}.${name}`));
  const { meta } = node['~orpc'] as { meta: { limited?: boolean } };
  return meta.limited === true ? [path] : [];
}

test('a limited page may make the calls of its session, and no others of the core or of any contribution', async () => {
  const ofContributions = contributions.map(async ({ name, calls }) => marked((await calls?.())?.default ?? {}, name));
  expect([...marked(contract, 'core'), ...(await Promise.all(ofContributions)).flat()].sort()).toEqual(
    ['addEvents', 'addNotes', 'checkPin', 'consent', 'finish', 'images', 'open', 'timeUp'].map(
      (call) => `desk.volunteer.${call}`,
    ),
  );
});
