import type { Teaching } from './contract/design.ts';
import { codeCacheFolder } from '../../files/index.ts';
import { prepareChild } from '../../processes/index.ts';
import type { Places } from '../../services/workbench/index.ts';

/** Entry of the process that makes targets of people's labels. It stores blobs, and never writes to the database. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/index.ts');
const { statusElsewhere } = await import('../../services/pipeline/index.ts');
const { reading } = await import('../../services/workbench/index.ts');
const { teachingChoices } = await import('./targets/choices.ts');
const { enoughToTeach } = await import('./outcomes/enough.ts');
const { planTargets, storeTargets } = await import('./targets/make.ts');

type OfStudy = Places & { study: string };
type Design = OfStudy & { teaching: Teaching; again: boolean };

const handlers = {
  choices: ({ study, ...places }: OfStudy) => reading(places, (workbench) => teachingChoices(workbench, study)),
  enough: ({ study, teaching, ...places }: OfStudy & { teaching: Teaching }) =>
    reading(places, (workbench) => enoughToTeach(workbench, study, teaching)),
  plan: ({ study, teaching, again, ...places }: Design) =>
    reading(places, (workbench) => planTargets(statusElsewhere(workbench), study, { teaching, again })),
  /** Stores the targets as blobs; the host declares them. */
  store: ({ study, teaching, again, ...places }: Design) =>
    reading(places, (workbench) => storeTargets(statusElsewhere(workbench), study, { teaching, again })),
};
export type TeachingHandlers = typeof handlers;

serve(handlers);
