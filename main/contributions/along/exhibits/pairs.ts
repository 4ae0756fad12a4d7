import type { Figure } from '../../../contract/results/index.ts';
import { formatCount, targetTitle } from '../../../domain/numbers/index.ts';
import type { StudyView } from '../../../exhibits/parts/index.ts';
import { alongChart, alongPair } from './along-figure.ts';
import { pooledCurves } from './curves.ts';
import type { AlongCurves } from '../contract.ts';

/** A chart for each pair: people and all groups. */
export function pairsFigure(study: StudyView, curves: AlongCurves): Figure {
  const fitted = curves === 'fitted' ? pooledCurves(study).fitted : [];
  return {
    id: 'along-alpha',
    title: 'The second class’s share, pair by pair',
    people: study.labelers > 0,
    charts: study
      .context()
      .pairs.map((row, place) => alongChart(study, alongPair(study, row, study.groups, fitted[place]), curves)),
    notes: [],
  };
}

/** A chart for each target and pair whose images the report shows; without networks for each such pair. */
export function reportAlongFigure(study: StudyView): Figure {
  const { pairs } = study.context();
  const { alphas = [], rows: drawn = [] } = study.layout ?? {};
  const shown = new Set(alphas.length > 0 ? drawn.map(({ pair }) => pair?.join(' ')) : []);
  const rows = pairs.filter(({ i, j }) => shown.has(`${i} ${j}`));
  const hidden = pairs.length - rows.length;
  return {
    id: 'along-alpha',
    title: 'The second class’s share, pair by pair',
    people: study.determined > 0,
    charts: (study.groups.length === 0 ? [null] : study.groups.map(({ target }) => target)).flatMap((target) => {
      // The title of a chart says at which target.
      const groups = study.groups.flatMap((each) => (each.target === target ? { ...each, name: 'Networks' } : []));
      return rows.flatMap((row) => {
        const pair = alongPair(study, row, groups);
        const title = `${pair.from} to ${pair.to}${target === null ? '' : `, ${targetTitle(target)}`}`;
        const chart = alongChart(study, pair, 'softmax');
        return chart.series.length === 0 ? [] : { ...chart, title };
      });
    }),
    notes: hidden === 0 ? [] : [`${formatCount(hidden, 'more pair')} ${hidden === 1 ? 'is' : 'are'} not drawn here.`],
  };
}
