import type { DataSetRecord, Progress } from '../../contract/api/index.ts';
import { UserError } from '../../contract/wire/index.ts';
import { type PreparedSource, sourceName } from '../../domain/data/index.ts';
import { formatMoment } from '../../domain/numbers/index.ts';
import type { DataSources } from '../../services/workbench/index.ts';
import type { PreparedRecord } from '../../storage/index.ts';
import { isGone, lacksNames, prepareSource, remarks, whenPrepared } from './stored-images.ts';

/** See `DataSources.read`. */
export const readForStudy: DataSources['read'] = async (
  { launcher, ...tools },
  source,
  { trained, namesFiles, listener, signal },
): Promise<DataSetRecord> => {
  const { dataSets, blobs } = tools.storage;
  const onProgress = ({ share, note }: Progress): void => listener({ type: 'reading', share, note });
  const options = { launcher, onProgress, signal, namesFiles };
  // A study keeps the images that it was trained on.
  if (trained && blobs.touch(trained.hash)) {
    if (namesFiles && lacksNames(tools, trained)) await prepareSource(tools, source, options).catch(ignoreRefusal);
    return trained;
  }
  const before = dataSets.prepared(source);
  const { record, findings, preparedAt, areFilesGone } = await prepareSource(tools, source, options).catch(
    (error: unknown) => {
      throw (trained ?? before) && isGone(source, error) ? noImages((error as UserError).where) : error;
    },
  );
  const areOthers = trained !== undefined && trained.hash !== record.hash;
  if (areOthers && areFilesGone) throw noImages(source.path);
  if (areOthers) listener({ type: 'warning', message: otherImages(source) });
  if (preparedAt !== null) {
    const detail = `${sourceName(source)} ${whenPrepared(preparedAt)}`;
    listener({ type: 'step', name: 'Data set', detail, seconds: null });
    return record;
  }
  for (const message of findings ? remarks(findings) : []) listener({ type: 'warning', message });
  if (areOthers) return record;
  if (before && before.record.hash !== record.hash)
    listener({ type: 'warning', message: changedImages(source, before) });
  return record;
};

/** The study has its images; without their files it works as well. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
}

const noImages = (where: string): UserError =>
  new UserError(
    'data-set.not-here',
    'The images of this study are neither in this data folder nor where they were read from',
    where,
    'Import the study from an archive that was exported with weights, which holds the images, or change the path of its data set.',
  );

const otherImages = (source: PreparedSource): string =>
  `The images of ${sourceName(source)} have changed since they were read for this study, and those it was made from are not in this data folder. All models are trained again.`;

const changedImages = (source: PreparedSource, { preparedAt }: PreparedRecord): string =>
  `The images of ${sourceName(source)} ${preparedAt === 0 ? 'are not those that came with an archive' : `have changed since they were read on ${formatMoment(preparedAt)}`}. They were read again.`;
