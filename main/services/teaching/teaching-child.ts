import { codeCacheFolder } from '../../files/places.ts';
import { prepareChild } from '../../processes/parent-port.ts';
import type { Workbench } from '../tools/workbench.ts';
import type { TeachingRequest } from './teaching-calls.ts';

/** Entry of the process that makes targets of people's labels. It stores blobs, and never writes to the database. */
prepareChild(codeCacheFolder());
const { serve } = await import('../../processes/serve.ts');
const { statusElsewhere } = await import('../pipeline/elsewhere.ts');
const { openWorkbench } = await import('../tools/workbench.ts');
const { teachingChoices } = await import('./choices.ts');
const { enoughToTeach } = await import('./enough.ts');
const { planTargets, storeTargets } = await import('./make.ts');
const { teachingCalls } = await import('./teaching-calls.ts');

serve(teachingCalls, {
  choices: (request) => reading(request, (workbench) => teachingChoices(workbench, request.study)),
  enough: ({ teaching, ...request }) =>
    reading(request, (workbench) => enoughToTeach(workbench, request.study, teaching)),
  plan: ({ teaching, again, ...request }) =>
    reading(request, (workbench) => planTargets(statusElsewhere(workbench), request.study, { teaching, again })),
  store: ({ teaching, again, ...request }) =>
    reading(request, (workbench) => storeTargets(statusElsewhere(workbench), request.study, { teaching, again })),
});

function reading<T>({ root, resources, dataFolder, environment }: TeachingRequest, work: (of: Workbench) => T): T {
  const workbench = openWorkbench({ root, resources, dataFolder, environment, readOnly: true });
  try {
    return work(workbench);
  } finally {
    workbench.storage.close();
  }
}
