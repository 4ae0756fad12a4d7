import { loadHistories } from './answer-histories.ts';
import { loadStoredModels } from './stored-models.ts';
import { loadSections } from './study-sections.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** Where another process opens the workbench of this one: the product's folder, its resources, the data folder. */
export interface Places
  extends Pick<Workbench, 'root' | 'resources' | 'environment' | 'resultModules' | 'historiesModule'> {
  readonly dataFolder: string;
  /** Modules of what contributions store of models that were not trained here. */
  readonly storedModels: readonly string[];
  /** Modules of parts of study files that contributions read. */
  readonly sections: readonly string[];
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
export async function reading<T>(
  { storedModels: modelModules, sections: sectionModules, ...places }: Places,
  work: (workbench: Workbench) => T,
): Promise<Awaited<T>> {
  const storedModels = await loadStoredModels(modelModules);
  const sections = await loadSections(sectionModules);
  const answerHistories = await loadHistories(places.historiesModule);
  const workbench = openWorkbench({ ...places, storedModels, sections, answerHistories, readOnly: true });
  try {
    return await work(workbench);
  } finally {
    workbench.storage.close();
  }
}
