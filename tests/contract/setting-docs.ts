import { readFileSync, writeFileSync } from 'node:fs';
import { recipeSettings } from '../../main/domain/recipe-settings.ts';
import { allSettings, type Setting, titleOf } from '../../main/domain/settings.ts';

/** The table of settings in the docs, as Markdown. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = [...Map.groupBy(allSettings(settings), ({ path }) => path)].map(([path, same]) => {
    const [first] = same as [Setting, ...Setting[]];
    const ofKinds = kindsOf(same).length > 0 ? `, of ${listed(kindsOf(same))}` : '';
    const section = first.facts.section === undefined ? '' : ` ([definition](training.md#${first.facts.section}))`;
    return `| \`${path}\`${ofKinds} | ${titleOf(first)} | ${meaning(same)}${choices(first)}${section} | ${defaults(same)} |`;
  });
  return ['| key | on screens | meaning | default |', '|---|---|---|---|', ...rows].join('\n');
}

const kindOf = ({ id }: Setting): string[] => /\(([^)]+)\)/.exec(id)?.slice(1) ?? [];
const kindsOf = (same: readonly Setting[]): string[] => same.flatMap(kindOf);
const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

/** Texts of one setting, each with the kinds that it is of where there are several. */
function byKind(same: readonly Setting[], textOf: (setting: Setting) => string): string {
  const texts = [...Map.groupBy(same, textOf)];
  return texts.map(([text, own]) => (texts.length > 1 ? `${listed(kindsOf(own))}: ${text}` : text)).join('; ');
}

const meaning = (same: readonly Setting[]): string => byKind(same, ({ facts }) => facts.help);

function choices({ shape }: Setting): string {
  if (shape.type === 'choice') return `: ${listed(shape.choices)}`;
  return shape.type === 'kinds' ? `. Its \`kind\`: ${listed([...shape.kinds.keys()])}` : '';
}

const defaults = (same: readonly Setting[]): string =>
  byKind(same, ({ usual, isOptional, facts: { absent }, shape }) => {
    if (shape.type === 'kinds' && usual !== undefined) return `\`${[...shape.kinds.keys()][0]}\``;
    if (usual !== undefined) return `\`${JSON.stringify(usual).replaceAll(',', ', ')}\``;
    if (!isOptional) return 'required';
    return absent === undefined ? 'left out' : `left out: ${absent === true ? 'yes' : absent || 'none'}`;
  });

if (import.meta.main) {
  const page = new URL('../../docs/data-formats.md', import.meta.url);
  const table = /(?<=<!-- settings of a recipe -->\n).*?(?=<!-- end -->)/s;
  writeFileSync(page, readFileSync(page, 'utf8').replace(table, `${settingsTable(recipeSettings)}\n`));
}
