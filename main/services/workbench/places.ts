import { loadParts, type PartModules } from './contributed-parts.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** Where another process opens the workbench of this one: the product's folder, its resources, the data folder. */
export interface Places extends Pick<Workbench, 'root' | 'resources' | 'environment' | 'resultModules'>, PartModules {
  readonly dataFolder: string;
}

export const placesOf = ({
  root,
  resources,
  environment,
  resultModules,
  storage,
  storedModels,
  historiesModule,
}: Workbench): Places => ({
  root,
  resources,
  environment,
  resultModules,
  historiesModule,
  dataFolder: storage.folder,
  storedModels: storedModels.map(({ module }) => module),
  sections: storage.studies.sections.map(({ module }) => module),
});

/** Does `work` with the workbench of another process, which it only reads. @throws UserError `storage.*`, `file.*` */
export async function reading<T>(places: Places, work: (workbench: Workbench) => T): Promise<Awaited<T>> {
  const workbench = openWorkbench({ ...places, ...(await loadParts(places)), readOnly: true });
  try {
    return await work(workbench);
  } finally {
    workbench.storage.close();
  }
}
