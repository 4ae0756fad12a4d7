import { dataSetsAndStudies } from './0001-data-sets-and-studies.ts';
import { runs } from './0002-runs.ts';
import { stimuliAndPredictions } from './0003-stimuli-and-predictions.ts';
import { labelersAndResponses } from './0004-labelers-and-responses.ts';
import { webgpuRuns } from './0005-webgpu-runs.ts';
import { workbenchDecisions } from './0006-workbench.ts';
import { runTable } from './0007-run-table.ts';
import { labeling } from './0008-labeling.ts';
import { sessionTime } from './0009-session-time.ts';
import { lastWords } from './0010-last-words.ts';
import { lateEvents } from './0011-late-events.ts';
import { openedMs } from './0012-opened-ms.ts';
import { removals } from './0013-removals.ts';
import { kitCodesAndDates } from './0014-kit-codes-and-dates.ts';
import { datesAhead } from './0015-dates-ahead.ts';
import { removedRuns } from './0016-removed-runs.ts';
import { anchors } from './0017-anchors.ts';
import { draws } from './0018-draws.ts';
import { archivedRuns } from './0019-archived-runs.ts';
import { placements } from './0020-placements.ts';
import { channels } from './0021-channels.ts';
import { preparedDataSets } from './0022-prepared-data-sets.ts';
import { readSources } from './0023-read-sources.ts';
import { panels } from './0024-panels.ts';
import { outsideModels } from './0025-outside-models.ts';
import { imagesWithoutPairs } from './0026-images-without-pairs.ts';
import { testImagesAlone } from './0027-test-images-alone.ts';
import { targets } from './0028-targets.ts';
import { workedTime } from './0029-worked-time.ts';
import { classCounts } from './0030-class-counts.ts';

/** SQL that brings a database from one version to the next. A published one is never edited: write a new one. */
export const migrations: readonly string[] = [
  dataSetsAndStudies,
  runs,
  stimuliAndPredictions,
  labelersAndResponses,
  webgpuRuns,
  workbenchDecisions,
  runTable,
  labeling,
  sessionTime,
  lastWords,
  lateEvents,
  openedMs,
  removals,
  kitCodesAndDates,
  datesAhead,
  removedRuns,
  anchors,
  draws,
  archivedRuns,
  placements,
  channels,
  preparedDataSets,
  readSources,
  panels,
  outsideModels,
  imagesWithoutPairs,
  testImagesAlone,
  targets,
  workedTime,
  classCounts,
];
