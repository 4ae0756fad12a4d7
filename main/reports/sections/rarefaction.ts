import { rarefactionPlot, type RarefiedLine } from '../drawings/rarefaction.ts';
import { isForReading } from '../../exhibits/all.ts';
import { exhibitTable } from '../formats/as-html.ts';
import type { Exhibit } from '../../contract/exhibit.ts';
import { fewerNetworksExhibit, fewerPeopleExhibit, rarefied, type RarefiedGroup } from '../../exhibits/rarefaction.ts';
import type { RarefiedCurve } from '../../analysis/rarefaction.ts';
import { type Content, type Html, html, nothing } from '../html.ts';
import { frame } from '../frame.ts';
import type { View } from '../../exhibits/view.ts';
import { peopleWord } from '../../domain/format.ts';
import { targetTitle } from '../../domain/targets.ts';

/** What fewer people, and fewer networks, would have shown: drawn, and as tables where these are short. */
export function fewerRaters(view: View): Content {
  const { people, groups } = rarefied(view);
  const word = peopleWord(view);
  const ofPeople = [
    panel('Labels', people && rarefactionPlot(word, 'Percent of images', [any(people.disagree)])),
    ...groups.map(({ target, people: types }) =>
      panel(`Types, ${targetTitle(target)}`, types && typesPlot(word, target, types, [])),
    ),
  ];
  const ofNetworks = groups.map(({ target, networks }) =>
    panel(targetTitle(target), typesPlot('networks', target, networks, [any(networks.disagree)])),
  );
  return [
    figure(view, 'fewer-people-figure', `How much depends on the number of ${word}`, ofPeople),
    table(view, fewerPeopleExhibit(view)),
    figure(view, 'fewer-networks-figure', 'How much depends on the number of networks', ofNetworks),
    table(view, fewerNetworksExhibit(view)),
  ];
}

const any = ({ values: curve }: RarefiedCurve): RarefiedLine => ({ name: 'not all agree', curve, style: 'any' });

function typesPlot(
  raters: string,
  target: string,
  { a, c }: Pick<RarefiedGroup['networks'], 'a' | 'c'>,
  more: readonly RarefiedLine[],
): Html | null {
  return rarefactionPlot(raters, `At ${targetTitle(target)}`, [
    ...more,
    { name: 'A', curve: a.values, style: 'type-a' },
    { name: 'C', curve: c.values, style: 'type-c' },
  ]);
}

function panel(title: string, drawing: Html | null): Html | null {
  if (drawing === null) return null;
  return html`<div class="map">
    <h3>${title}</h3>
    ${drawing}
  </div>`;
}

function figure(view: View, id: string, title: string, panels: readonly (Html | null)[]): Content {
  const shown = panels.filter((each) => each !== null);
  if (shown.length === 0) return nothing;
  return frame(view, {
    id,
    number: '',
    title,
    people: true,
    body: html`<div class="blocks">${shown}</div>`,
    note: html`<p>
      A: only networks disagree; C: only ${peopleWord(view)} disagree. Each point is exact: the mean over all ways to choose that many
      of all raters.
    </p>`,
  });
}

const table = (view: View, exhibit: Exhibit): Content =>
  exhibit.rows.length > 0 && isForReading(exhibit) && exhibitTable(view, exhibit);
