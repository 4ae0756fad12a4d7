import { readFileSync, writeFileSync } from 'node:fs';
import { contributions } from '../../main/contributions/all.ts';
import type { Contribution } from '../../main/contributions/define.ts';
import { folderSourceSchema } from '../../main/contract/studies/study.ts';
import { generatorSettings } from '../../main/domain/settings/generator-settings.ts';
import { machineSettings } from '../../main/domain/settings/machine-settings.ts';
import { modelsSettings } from '../../main/domain/settings/model-settings.ts';
import { recipeSettings } from '../../main/domain/settings/recipe-settings.ts';
import { stimuliSettings } from '../../main/domain/settings/stimuli-settings.ts';
import {
  allSettings,
  isRecord,
  readSettings,
  type Setting,
  shownValue,
  titleOf,
} from '../../main/domain/settings/settings.ts';

/** What the core's page has a table of: `<!-- settings of NAME -->` stands before it, `<!-- end -->` after it. */
const ofCore: Readonly<Record<string, readonly Setting[]>> = {
  'an image folder': readSettings(folderSourceSchema.omit({ source: true, name: true, path: true })),
  'a recipe': recipeSettings,
  'a generator': generatorSettings,
  stimuli: Object.values(stimuliSettings).flat(),
  models: modelsSettings,
  'a machine': machineSettings,
};

/** The table of settings in the docs, as Markdown. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = [...Map.groupBy(allSettings(settings), ({ path }) => path)].map(([path, found]) => {
    const same = found as [Setting, ...Setting[]];
    const [first] = same;
    const ofKinds = kindsOf(same).length > 0 ? `, of ${listed(kindsOf(same))}` : '';
    const section = first.facts.section === undefined ? '' : ` ([definition](training.md#${first.facts.section}))`;
    return `| \`${path}\`${ofKinds} | ${titleOf(first)} | ${meaning(same)}${only(first)}${section} | ${defaults(same)} |`;
  });
  return ['| key | on screens | meaning | default |', '|---|---|---|---|', ...rows].join('\n');
}

/** The kinds of the innermost part that the settings are of. */
const kindsOf = (same: readonly Setting[]): string[] => [
  ...new Set(same.flatMap(({ id }) => /^.*\(([^)]+)\)/.exec(id)?.slice(1) ?? [])),
];
const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** Texts of one setting, each with the kinds that it is of where there are several. */
function byKind(same: readonly Setting[], textOf: (setting: Setting) => string): string {
  const texts = [...Map.groupBy(same, textOf)];
  return texts.map(([text, own]) => (texts.length > 1 ? `${listed(kindsOf(own))}: ${text}` : text)).join('; ');
}

const meaning = (same: readonly [Setting, ...Setting[]]): string =>
  byKind(same, ({ facts }) => facts.help) + choices(same);

const only = ({ facts: { onlyWith = {} } }: Setting): string =>
  Object.entries(onlyWith)
    .map(([key, value]) => `. Only with \`${key}\` \`${value}\``)
    .join('');

function choices(same: readonly [Setting, ...Setting[]]): string {
  const lead = { choice: ': ', choices: ': ', kinds: '. Its `kind`: ' };
  const { type } = same[0].shape;
  return type in lead ? `${lead[type as keyof typeof lead]}${byKind(same, choicesOf)}` : '';
}

function choicesOf({ shape, facts: { choiceHelp = {} } }: Setting): string {
  const all = 'choices' in shape ? shape.choices : shape.type === 'kinds' ? [...shape.kinds.keys()] : [];
  return all.map((each) => `\`${each}\`${choiceHelp[each] === undefined ? '' : ` (${choiceHelp[each]})`}`).join(', ');
}

const defaults = (same: readonly Setting[]): string =>
  byKind(same, (each) => {
    const { usual, isOptional, facts, shape } = each;
    if (shape.type === 'kinds' && isRecord(usual)) return `\`${usual.kind ?? [...shape.kinds.keys()][0]}\``;
    if (shape.type === 'part' && usual !== undefined && usual !== null) return '';
    if (usual !== undefined)
      return `\`${typeof usual === 'string' ? usual : JSON.stringify(usual).replaceAll(',', ', ')}\``;
    if (!isOptional) return 'required';
    return facts.absent === undefined ? 'left out' : `left out: ${shownValue(each, null)}`;
  });

const pageOfCore = new URL('../../docs/data-formats.md', import.meta.url);

/** Every table of settings: its name, the settings, and the page that has it. */
export const documented: readonly { name: string; settings: readonly Setting[]; page: URL }[] = [
  ...Object.entries(ofCore).map(([name, settings]) => ({ name, settings, page: pageOfCore })),
  ...(await Promise.all(contributions.map(ofContribution))).flat(),
];

async function ofContribution(contribution: Contribution) {
  const page = new URL(`../../main/contributions/${contribution.name}/README.md`, import.meta.url);
  return Object.entries((await contribution.settings?.()) ?? {}).map(([name, settings]) => ({ name, settings, page }));
}

if (import.meta.main) {
  for (const { name, settings, page } of documented) {
    const table = new RegExp(`(?<=<!-- settings of ${name} -->\\n).*?(?=<!-- end -->)`, 's');
    writeFileSync(
      page,
      readFileSync(page, 'utf8').replace(table, () => `${settingsTable(settings)}\n`),
    );
  }
}
