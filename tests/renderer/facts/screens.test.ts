import { expect, test } from 'vitest';
import { hasBrowser, startHost } from '../harness.ts';
import { faultsOf } from './facts.ts';
import { studies } from './studies.ts';
import { walkStudies } from './walk.ts';

/** The other studies take minutes to make. */
const isWhole = process.env.BOUNDARY_NEWCOMER === '1';
const few = 'the sample and an empty study';

test.skipIf(!hasBrowser).for(Object.entries(studies).filter(([name]) => isWhole || name === few))(
  'no two places of the program contradict each other: %s',
  { timeout: isWhole ? 1_200_000 : 240_000 },
  async ([, make]) => {
    const { dataFolder, studies: names } = await make();
    const host = await startHost({ dataFolder });
    const { places, read } = await walkStudies(host, names);
    expect(places.length).toBeGreaterThan(15);
    expect(faultsOf(read)).toEqual([]);
  },
);
