import { kept } from '../../domain/numbers/index.ts';
import type { Lab } from '../../services/lab/index.ts';
import type { LiveModels } from './live-models.ts';
import type { OutsideModelFiles } from './model-files.ts';

/** What works on the models of an open data folder. */
interface Opened {
  readonly files: OutsideModelFiles;
  readonly live: LiveModels;
}

const opened = new WeakMap<Lab, Promise<Opened>>();

/** Loaded and made when it is first needed. */
export const outsideOf = (lab: Lab): Promise<Opened> => kept(opened, lab, () => open(lab));

async function open(lab: Lab): Promise<Opened> {
  const { LiveModels } = await import('./live-models.ts');
  const { OutsideModelFiles } = await import('./model-files.ts');
  return { files: new OutsideModelFiles(lab), live: new LiveModels(lab) };
}

/** Stops what predicts, and ends the processes of models. */
export async function closeOutside(lab: Lab): Promise<void> {
  const { files, live } = (await opened.get(lab)) ?? {};
  await Promise.all([files?.close(), live?.close()]);
}
