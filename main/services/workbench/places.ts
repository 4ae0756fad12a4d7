import { loadStoredModels } from './stored-models.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/** Where another process opens the workbench of this one: the product's folder, its resources, the data folder. */
export interface Places extends Pick<Workbench, 'root' | 'resources' | 'environment' | 'resultModules'> {
  readonly dataFolder: string;
  /** Modules of what contributions store of models that were not trained here. */
  readonly storedModels: readonly string[];
}

export const placesOf = ({
  root,
  resources,
  environment,
  resultModules,
  storage,
  storedModels,
}: Workbench): Places => ({
  root,
  resources,
  environment,
  resultModules,
  dataFolder: storage.folder,
  storedModels: storedModels.map(({ module }) => module),
});

/** Does `work` with the workbench of another process, which it only reads. @throws UserError `storage.*`, `file.*` */
export async function reading<T>(
  { storedModels: modules, ...places }: Places,
  work: (workbench: Workbench) => T,
): Promise<Awaited<T>> {
  const storedModels = await loadStoredModels(modules);
  const workbench = openWorkbench({ ...places, storedModels, readOnly: true });
  try {
    return await work(workbench);
  } finally {
    workbench.storage.close();
  }
}
