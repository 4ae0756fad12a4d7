import type { ToolboxAnswers } from '../contract/toolbox.ts';
import { UserError } from '../../../contract/wire/index.ts';
import type { DataSetSource } from '../../../contract/studies/index.ts';
import { formatCount, formatNames, formatPercent } from '../../../domain/numbers/index.ts';
import { takenFrom } from './taken-from.ts';
import { writeFileAtomic } from '../../../files/index.ts';
import type { NewStudyOptions } from '../../../services/workbench/index.ts';
import type { Tools } from '../../../services/tools/index.ts';
import { createToolboxStudy, declareToolbox, toolboxAnswers } from './study.ts';
import { printable, printLine as printRaw } from '../../../terminal/index.ts';

/** Names come from files of others. */
const printLine = (line: string): void => printRaw(printable(line));

/** Says what tables of model-vs-human have, and makes a study of them unless that cannot be or is not wanted. */
export async function makeFromToolbox(
  tools: Pick<Tools, 'workbench' | 'launcher' | 'changes'>,
  asked: { source: DataSetSource; from: string; people: string[] | null },
  { name, title, out, preview }: NewStudyOptions,
): Promise<void> {
  const found = await toolboxAnswers(tools, asked);
  for (const line of describe(found)) printLine(line);
  if (found.problem !== null) {
    const { what, where, remedy } = found.problem;
    throw new UserError('labeling.table', what, where, remedy);
  }
  if (preview) return printLine('No study was made.');
  const { path, table } = found;
  const plan = { name, title, source: asked.source };
  const labelers = { source: 'model-vs-human', path, ...takenFrom(found) } as const;
  if (out === null) {
    const made = createToolboxStudy(tools, { ...plan, labelers: { ...labelers, table } });
    return printLine(`Study ${made} was added. Start it: boundary study run "${made}"`);
  }
  // Another data folder does not have the table.
  writeFileAtomic(out, `${JSON.stringify(declareToolbox(tools, { ...plan, labelers }), null, 2)}\n`);
  printLine(`${out} was written. Start it: boundary study run "${out}"`);
}

function describe(found: ToolboxAnswers): string[] {
  const { path, tables, rows, others, conditions, answerers, unknownImages, unanswered } = found;
  const who = (isPerson: boolean): string[] =>
    answerers
      .filter((each) => each.isPerson === isPerson)
      .map(({ name, answers, none, right, leftOut }) => {
        const known = `${formatCount(answers, 'answer')}${none > 0 ? `, ${none} without a response` : ''}`;
        const share = right === null ? '' : `, ${formatPercent(right / 100)} right`;
        return `  ${isPerson ? 'person' : 'model'} ${name}: ${known}${share}${leftOut === null ? '' : `; left out, as ${leftOut}`}`;
      });
  return [
    `Answers: ${formatCount(rows, 'row')} in ${formatCount(tables, 'table')} (${path})`,
    ...who(true),
    ...who(false),
    `  conditions: ${conditions.map((each) => `${each.name || '(none)'} (${formatCount(each.rows, 'row')})`).join(', ')}`,
    ...(others.count > 0
      ? [`  passed over: ${formatCount(others.count, 'other CSV file')}, such as ${others.examples[0]}`]
      : []),
    ...(unknownImages.count > 0
      ? [
          `  set aside: answers about ${formatCount(unknownImages.count, 'image')} that the folder does not have: ${formatNames(unknownImages.names, 3)}`,
        ]
      : []),
    ...(unanswered > 0 ? [`  ${formatCount(unanswered, 'image')} without an answer`] : []),
  ];
}
