import { imageClasses } from '../../analysis/outcomes/image-types.ts';
import { exhibitTable } from '../formats/as-html.ts';
import { eachImageExhibit } from '../../exhibits/images.ts';
import { type Content, type Html, html } from '../html.ts';
import { section } from '../frame.ts';
import type { View } from '../../exhibits/view.ts';
import { classMeaning } from '../../exhibits/parts/study-numbers.ts';
import { typeBadge } from './badges.ts';
import { targetTitle } from '../../domain/numbers/targets.ts';

/** Every image by itself, and which images stand behind each number of Table 1. */
export function eachImage(view: View): Html {
  const { items } = view.data.stimuli;
  const table = exhibitTable(view, eachImageExhibit(view), (row) => `image-${items[row]?.id}`);
  return section('part-each-image', 'Each image', [byType(view), table]);
}

function byType(view: View): Content {
  const lists = view.groups.flatMap(({ target, group }) =>
    imageClasses.flatMap((name): Html[] => {
      const images = view.data.stimuli.items.filter((_, at) => group.image_class[at] === name);
      if (images.length === 0) return [];
      return [
        html`<dt id="${name}-${target}">${typeBadge(name)} ${targetTitle(target)}, ${classMeaning(name)}</dt>
        <dd>${images.map(({ id }, at) => html`${at > 0 && ', '}<a href="#image-${id}">${id}</a>`)}</dd>`,
      ];
    }),
  );
  if (lists.length === 0) return null;
  return html`<h3>Images by type</h3>
    <dl class="methods">
      ${lists}
    </dl>`;
}
