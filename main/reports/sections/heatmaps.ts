import type { Fig4 } from '../../analysis/outcomes/image-types.ts';
import { formatCount, formatAlpha } from '../../domain/numbers/format.ts';
import { type Content, type Html, html } from '../html.ts';
import { byArchitecture, byNumber, listsImages, type View } from '../../exhibits/view.ts';
import { frame, linked, rowNamesRoom } from '../frame.ts';
import { classOfCategory, classMeaning } from '../../exhibits/parts/study-numbers.ts';
import { typeBadge } from './badges.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

const cell = 18;
const top = 16;

/** Figure 4 for the diverse groups, a map for each target. */
export function diverseMaps(view: View): Html {
  const maps = view.groups.map(
    ({ target, group }): Content =>
      heatmap(view, `${targetTitle(target)}, ${formatCount(group.n_models, 'network')}`, group.fig4),
  );
  return figure4(view, 'figure-4', 'Who disagrees, image by image', maps, '');
}

/** Figure 4 for the seed groups: the first repeat of each architecture and target. */
export function seedMaps(view: View): Html {
  const maps = byArchitecture(view.data.analysis?.fig4 ?? {}).flatMap(([architecture, targets]) =>
    byNumber(targets).flatMap(([target, repeats]) =>
      byNumber(repeats)
        .slice(0, 1)
        .map(
          ([repeat, map]): Content => heatmap(view, `${architecture} ${targetTitle(target)}, repeat ${repeat}`, map),
        ),
    ),
  );
  return figure4(
    view,
    'figure-4-seeds',
    'Who disagrees, when networks differ only in their seed: the first group of each',
    maps,
    `The first repeat of each architecture and target only${view.choice.formats.includes('json') ? '; tables.json beside this report has them all' : ''}.`,
  );
}

function figure4(view: View, id: string, title: string, maps: readonly Content[], more: string): Html {
  return frame(view, {
    id,
    number: 'Figure 4',
    title,
    people: true,
    body: html`<div class="blocks">${maps}</div>`,
    note: html`<p>
      ${view.layout.alphas.length > 0 ? 'Rows: pairs; columns: alpha' : plainOrder(view)}. ${typeBadge('type_a')} only networks
      disagree, ${typeBadge('type_c')} only ${view.people.toLowerCase()} disagree; the number beside the letter and the shade: how many
      classes were named. Gray: both agree; outlined: both disagree; “?”: undetermined; “!”: exception. ${more}
    </p>`,
  });
}

/** The order of images that stand in plain rows. */
export const plainOrder = (view: View): string =>
  view.data.labelers === null
    ? 'Images in order of their id'
    : `Images that ${view.people.toLowerCase()} disagree on most come first`;

function heatmap(view: View, title: string, map: Fig4): Html {
  const { rows, alphas, columns } = view.layout;
  const names = rows.map(({ pair }, y) => (pair ? pair.map(view.short).join('–') : String(y + 1)));
  const left = rowNamesRoom(names);
  const width = left + columns * cell + 2;
  const height = top + rows.length * cell + 2;
  const heads = alphas.map((alpha, index) =>
    index % 5 === 0 || alphas.length < 5
      ? html`<text class="axis" x="${left + index * cell + cell / 2}" y="${top - 5}">${formatAlpha(alpha)}</text>`
      : null,
  );
  const body = rows.map((row, y) => {
    const at = { px: left, py: top + y * cell };
    const cells = row.cells.map((stimulus, x) =>
      stimulus === null ? null : mapCell(view, map, stimulus, { ...at, px: left + x * cell }),
    );
    return html`<text class="axis row" x="${left - 5}" y="${at.py + cell / 2 + 4}">${row.pair?.some((k) => view.short(k) !== view.long(k)) && html`<title>${row.pair.map(view.long).join(' to ')}</title>`}${names[y]}</text>${cells}`;
  });
  return html`<div class="map">
    <h3>${title}</h3>
    <svg class="heat" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="${listsImages(view) ? 'group' : 'img'}" aria-label="${summary(title, map)}">
      ${heads}${body}
    </svg>
  </div>`;
}

interface Corner {
  px: number;
  py: number;
}

function mapCell(view: View, map: Fig4, stimulus: number, { px, py }: Corner): Html {
  const type = classOfCategory(map.category[stimulus]);
  const shade = map.shade[stimulus] ?? null;
  const id = view.data.stimuli.items[stimulus]?.id ?? stimulus;
  const mark =
    map.exception[stimulus] === true
      ? '!'
      : type === 'type_a'
        ? `A${shade ?? ''}`
        : type === 'type_c'
          ? `C${shade ?? ''}`
          : type === null
            ? '?'
            : '';
  const shadeClass = shade === null ? '' : ` shade-${Math.min(4, shade)}`;
  const words = `Image ${id}: ${classMeaning(type)}${shade === null ? '' : `, ${shade} classes named`}`;
  const drawn = html`<g class="${type ?? 'undetermined'}${shadeClass}"
    ><title>${words}</title
    ><rect x="${px + 1}" y="${py + 1}" width="${cell - 2}" height="${cell - 2}" />${
      mark !== '' && html`<text x="${px + cell / 2}" y="${py + cell / 2 + 3.5}">${mark}</text>`
    }</g
  >`;
  return linked(view, id, drawn);
}

function summary(title: string, map: Fig4): string {
  const count = (category: string): number => map.category.filter((value) => value === category).length;
  return `${title}: ${count('blue')} type A, ${count('red')} type C, ${count('white')} both disagree, ${count('gray')} both agree`;
}
