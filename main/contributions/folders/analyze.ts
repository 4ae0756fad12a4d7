import { analyze, type SpecAnalysis, specLayout } from '../../analysis/groups/index.ts';
import type { AnalysisInput } from '../../analysis/outcomes/index.ts';
import { alongPart } from '../along/analysis/part.ts';
import { consistencyPart } from '../consistency/analysis/part.ts';
import { UserError } from '../../contract/wire/index.ts';
import { tablesToInput, humansToInput, predictionsToInput } from './tables/analysis-tables.ts';
import { readHumansCsv, type HumansTable } from './tables/humans-csv-reader.ts';
import { readPredictionsCsv } from './tables/predictions-csv-reader.ts';
import type { TableWarning } from '../../files/tables/index.ts';

interface AnalyzeFiles {
  readonly humans?: string | undefined;
  readonly predictions?: string | undefined;
}

/** The analysis in the layout of expected.json; `rehearsal` stands before it where its labelers are simulated. */
type MarkedAnalysis = { readonly rehearsal?: true } & SpecAnalysis;

interface AnalyzedFiles {
  readonly result: MarkedAnalysis;
  readonly warnings: readonly TableWarning[];
}

/**
 * Analyses humans.csv and predictions.csv (all of metrics.md). With one of them alone, what needs the other is null or
 * empty.
 * @throws UserError naming file, row and remedy.
 */
export async function analyzeFiles(files: AnalyzeFiles): Promise<AnalyzedFiles> {
  const { input, warnings } = await readFiles(files);
  const simulated = warnings.some(({ code }) => code === simulatedCode);
  const result = specLayout(analyze(input, { intervals: false, parts: [alongPart, consistencyPart] }));
  return { result: simulated ? { rehearsal: true, ...result } : result, warnings };
}

const simulatedCode = 'humans.simulated';

async function readFiles(files: AnalyzeFiles): Promise<{ input: AnalysisInput; warnings: readonly TableWarning[] }> {
  if (files.predictions === undefined) {
    if (files.humans === undefined) throw nothingToAnalyze();
    const humans = await readHumansCsv(files.humans);
    return { input: humansToInput(humans), warnings: simulationWarnings(humans) };
  }
  const predictions = await readPredictionsCsv(files.predictions);
  if (files.humans === undefined) return { input: predictionsToInput(predictions), warnings: predictions.warnings };
  const ids = new Set(predictions.images.map(({ id }) => id));
  const knownImages = { has: (id: number) => ids.has(id), source: predictions.path };
  const humans = await readHumansCsv(files.humans, { classes: predictions.classes, knownImages });
  const both = tablesToInput(humans, predictions);
  return { input: both.input, warnings: [...simulationWarnings(humans), ...predictions.warnings, ...both.warnings] };
}

/** Numbers from simulated labelers must not pass for findings about people. */
function simulationWarnings({ simulated, path }: HumansTable): TableWarning[] {
  if (!simulated) return [];
  const message = 'Labelers are simulated: these numbers are a rehearsal and say nothing about people';
  return [{ code: simulatedCode, message, where: path }];
}

const nothingToAnalyze = (): UserError =>
  new UserError(
    'analyze.no-files',
    'There is nothing to analyze',
    'analyze',
    'Name a humans.csv, a predictions.csv, or both.',
  );
