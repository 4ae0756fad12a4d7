import type { DataSetRecord } from '../../contract/api/data-sets.ts';
import type { StimulusSource } from '../../contract/stimuli/stimuli.ts';
import type { Study } from '../../contract/studies/study.ts';
import { UserError } from '../../contract/wire/errors.ts';
import type { Channels } from '../../domain/data/images.ts';
import type { Launcher } from '../../processes/launcher.ts';
import type { Storage } from '../../storage/open.ts';

/** A frozen set, for the steps after it. */
export interface FrozenStimuli {
  readonly setHash: string;
  readonly channels: Channels;
  readonly pixels: string;
  readonly count: number;
}

/** The study whose images are asked for, and what they are taken with. */
export interface SourceWork {
  readonly storage: Storage;
  readonly now: () => number;
  readonly launcher: Launcher;
  /** Where relative paths of the declaration begin. */
  readonly folder: string;
  readonly dataSet: DataSetRecord;
  /** @param share 0 to 1; null: not known */
  readonly onReading: (share: number | null, note: string) => void;
  readonly signal: AbortSignal;
}

/** Where studies take images from that the program does not make. A contribution offers it. */
export interface TakenStimuli<Source extends StimulusSource = StimulusSource> {
  readonly source: Source;
  /**
   * Stores the images that a study declares as a set.
   * @throws UserError `stimuli.*`, `file.*`, `machine.ended`; the signal's reason. Nothing is frozen then.
   */
  freeze(stimuli: Extract<Study['stimuli'], { source: Source }>, work: SourceWork): Promise<FrozenStimuli>;
}

/** What takes the images of a source. @throws UserError `stimuli.no-source` if nothing here does */
export function sourceOf(
  { stimulusSources }: { readonly stimulusSources: readonly TakenStimuli[] },
  { name, stimuli }: Pick<Study, 'name' | 'stimuli'>,
): TakenStimuli {
  const found = stimulusSources.find(({ source }) => source === stimuli.source);
  if (found) return found;
  throw new UserError(
    'stimuli.no-source',
    `This version cannot take stimuli of the source ${stimuli.source}, so they cannot be frozen`,
    `study ${name}`,
    'Use a version that can, or import the study from an archive, which holds the frozen images.',
  );
}
