import { openWorkbench, type Workbench } from './workbench.ts';

/** Where another process opens the workbench of this one: the product's folder, its resources, the data folder. */
export type Places = Pick<Workbench, 'root' | 'resources' | 'environment' | 'resultModules'> & { dataFolder: string };

export const placesOf = ({
  root,
  resources,
  environment,
  resultModules,
  storage,
}: Pick<Workbench, 'root' | 'resources' | 'environment' | 'resultModules' | 'storage'>): Places => ({
  root,
  resources,
  environment,
  resultModules,
  dataFolder: storage.folder,
});

/** Does `work` with the workbench of another process, which it only reads. @throws UserError `storage.*`, `file.*` */
export async function reading<T>(
  { dataFolder, ...places }: Places,
  work: (workbench: Workbench) => T,
): Promise<Awaited<T>> {
  const workbench = openWorkbench({ ...places, dataFolder, readOnly: true });
  try {
    return await work(workbench);
  } finally {
    workbench.storage.close();
  }
}
