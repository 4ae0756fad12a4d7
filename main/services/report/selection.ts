import type { ReportChoice } from '../../contract/api/report.ts';
import { UserError } from '../../contract/wire/errors.ts';
import { inWords } from '../../exhibits/parts/study-numbers.ts';
import type { ModelRecord } from '../../storage/predictions.ts';
import type { RunRecord } from '../../storage/runs/run-record.ts';
import type { StudyRun } from '../../storage/study-runs.ts';
import { architectureName, architectureNames } from '../../domain/networks/architectures.ts';

/** Which networks of a study a report is of. Types and agreement are worked out of these alone. */
export interface Selection {
  ofModel(model: ModelRecord): boolean;
  /** Trainings and answers of its networks, and every run that is of no one network. */
  ofRun(link: StudyRun): boolean;
  /** What the study has and the report has not, a few words each. */
  notChosen: string[];
}

interface Network {
  architecture: string;
  /** Null for a diverse network. */
  repeat: number | null;
}

/**
 * The networks that a choice asks for, by architecture and seed group.
 * @throws UserError `report.unknown-architecture`, `report.unknown-group` where the study has no such networks.
 */
export function selectNetworks(
  studyName: string,
  links: readonly StudyRun[],
  findRun: (link: StudyRun) => RunRecord | undefined,
  { architectures, repeats }: Pick<ReportChoice, 'architectures' | 'repeats'>,
): Selection {
  const byName = architecturesByName(links, findRun);
  const toNetwork = ({ model }: StudyRun): Network | null => {
    const architecture = model && byName.get(model.modelName);
    return model && architecture ? { architecture, repeat: model.group === 'seeds' ? model.repeat : null } : null;
  };
  const all = links.flatMap((link) => toNetwork(link) ?? []);
  const known = [...new Set(all.map(({ architecture }) => architecture))];
  const groups = [...new Set(all.flatMap(({ repeat }) => repeat ?? []))].sort((a, b) => a - b);
  refuse(studyName, 'report.unknown-architecture', 'networks of the architecture', architectures, known);
  refuse(studyName, 'report.unknown-group', 'seed group', repeats, groups);
  const isChosen = ({ architecture, repeat }: Network): boolean =>
    (architectures?.includes(architecture) ?? true) && (repeat === null || (repeats?.includes(repeat) ?? true));
  const without = <T>(of: readonly T[], chosen: readonly T[] | null): T[] =>
    chosen === null ? [] : of.filter((each) => !chosen.includes(each));
  const otherGroups = without(groups, repeats).map(String);
  return {
    ofModel: ({ architecture, group, repeat }) =>
      isChosen({ architecture: architectureNames[architecture], repeat: group === 'seeds' ? repeat : null }),
    ofRun: (link) => {
      const network = toNetwork(link);
      return network === null || isChosen(network);
    },
    notChosen: [
      ...without(known, architectures).map((name) => `networks of the architecture ${name}`),
      ...(otherGroups.length > 0 ? [`seed group${otherGroups.length === 1 ? '' : 's'} ${inWords(otherGroups)}`] : []),
    ],
  };
}

/** By the network's name: only its training knows what it is built of, not the runs of its answers. */
function architecturesByName(
  links: readonly StudyRun[],
  findRun: (link: StudyRun) => RunRecord | undefined,
): ReadonlyMap<string, string> {
  return new Map(
    links.flatMap((link): [string, string][] => {
      const task = findRun(link)?.task;
      if (!link.model || task?.kind !== 'classifier') return [];
      return [[link.model.modelName, architectureName(task.recipe.architecture)]];
    }),
  );
}

function refuse<T>(where: string, code: string, what: string, chosen: readonly T[] | null, known: readonly T[]): void {
  const unknown = (chosen ?? []).filter((each) => !known.includes(each));
  if (unknown.length === 0) return;
  throw new UserError(
    code,
    `Study "${where}" has no ${what} ${unknown.join(', ')}`,
    where,
    known.length === 0 ? 'It has none: leave the choice out.' : `Choose from: ${known.join(', ')}.`,
  );
}
