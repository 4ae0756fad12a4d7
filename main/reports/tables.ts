import { stringify } from 'csv-stringify/sync';
import type { ReportData } from './report-data.ts';

/** The files beside the report, as text. */

type Row = (string | number)[];
const csv = (header: string[], rows: Row[]): string => stringify([header, ...rows]);

/** A float32 in the fewest digits (at most 9) that give it back. */
function float32Text(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

/** Every snapshot on every image: `image,model,architecture,target_accuracy,repeat,seed,label,p0,p1,...`. */
export function predictionsCsv(data: ReportData): string {
  const classes = data.dataSet.classes.length;
  const header = ['image', 'model', 'architecture', 'target_accuracy', 'repeat', 'seed', 'label'];
  const columns = Array.from({ length: classes }, (_, index) => `p${index}`);
  const rows = data.predictions.flatMap((prediction) =>
    data.stimuli.items.map(
      (item, index): Row => [
        item.id,
        prediction.model,
        prediction.architecture,
        prediction.target,
        prediction.repeat ?? '',
        prediction.seed ?? '',
        prediction.labels[index] ?? '',
        ...columns.map((_, k) => float32Text(prediction.softmax[index * classes + k] ?? 0)),
      ],
    ),
  );
  return csv([...header, ...columns], rows);
}

/**
 * Every label that was given: `image,pair_i,pair_j,alpha,labeler,label`; missing ones have no row. In a rehearsal a
 * last column `simulated` says so in each row.
 */
export function humansCsv(data: ReportData): string {
  const { labelers } = data;
  const simulated = labelers?.simulated === true;
  const rows = data.stimuli.items.flatMap((item, index) =>
    (labelers?.names ?? []).flatMap((name, labeler): Row[] => {
      const label = labelers?.labels[labeler]?.[index] ?? null;
      if (label === null) return [];
      const row: Row = [item.id, item.pairI ?? '', item.pairJ ?? '', item.alpha ?? '', name, label];
      return [simulated ? [...row, 'yes'] : row];
    }),
  );
  return csv(['image', 'pair_i', 'pair_j', 'alpha', 'labeler', 'label', ...(simulated ? ['simulated'] : [])], rows);
}

/** Every snapshot that landed. */
export function modelsCsv(data: ReportData): string {
  const header =
    'model,architecture,group,repeat,seed,target_accuracy,accuracy,errors,test_count,step,looks,full_looks,train_ms,look_ms,engine,weights';
  const rows = data.models.map(
    (model): Row => [
      ...[model.name, model.architecture, model.group, model.repeat ?? '', model.seed, model.target, model.accuracy],
      ...[model.errors, model.testCount, model.step, model.looks, model.fullLooks, model.trainMs, model.lookMs],
      ...[model.engine, model.weights],
    ],
  );
  return csv(header.split(','), rows);
}

/** The analysis (metrics SPEC section 11), what it is of, and whether it is a rehearsal. */
export function tablesJson(data: ReportData): string {
  const { study, createdAt, product, labelers, stimuli, missed, warnings, analysis } = data;
  const content = {
    schema: 'boundary-workbench/tables/1',
    study: study.name,
    rehearsal: labelers?.simulated === true,
    createdAt,
    product,
    stimuli: stimuli.setHash,
    missed,
    warnings,
    analysis,
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}
