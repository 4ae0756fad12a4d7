import {
  blendedStimuliSchema,
  type Blending,
  disagreementSchema,
  generatedStimuliSchema,
  importedStimuliSchema,
  type StimulusSource,
  testImageStimuliSchema,
} from '../../contract/stimuli/stimuli.ts';
import type { Interpolation } from '../stimuli/interpolation.ts';
import { findSetting, readSettings, type Setting, shownValue } from './settings.ts';

const of = (source: StimulusSource) => ({ path: '', id: `(${source}).` });

/** The settings of stimuli by their source, declared in main/contract/stimuli/stimuli.ts. */
export const stimuliSettings: Readonly<Record<StimulusSource, readonly Setting[]>> = {
  generated: readSettings(generatedStimuliSchema.omit({ source: true }), of('generated')),
  blended: readSettings(blendedStimuliSchema.omit({ source: true }), of('blended')),
  'test-images': readSettings(testImageStimuliSchema.omit({ source: true }), of('test-images')),
  imported: readSettings(importedStimuliSchema.omit({ source: true }), of('imported')),
};

/** How images between two ends are made, in words: `linear`, `pixel values`. */
export const interpolationName = (kind: Interpolation | Blending): string =>
  String(shownValue(findSetting(stimuliSettings.blended, 'interpolation'), kind));

/** What test images on which people disagree are chosen by: a number of images, or an entropy. */
export const disagreementSettings: readonly Setting[] = disagreementSchema.options.flatMap((option) =>
  readSettings(option),
);
