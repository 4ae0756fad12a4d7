import type { RarefactionResult } from '../../../main/contract/api/results-charts.ts';
import { LineChart, type LineSeries } from '../../charts/line-chart.tsx';
import { capitalize, usePeople } from '../../ui/rehearsal.tsx';

type Curve = RarefactionResult['curves'][number];

const classesPerImage = 'classes per image';

/** How statistics change with the number of labelers and of networks. */
export function Rarefaction({ rarefaction }: { rarefaction: RarefactionResult }) {
  const { curves, models, labelers } = rarefaction;
  const people = usePeople();
  const of = (along: Curve['along']) => curves.filter((curve) => curve.along === along);
  return (
    <section className="results-section" aria-labelledby="rarefaction">
      <h2 id="rarefaction">
        With fewer <span className="soft">each statistic’s mean over all ways to choose so many</span>
      </h2>
      {labelers === 0 ? (
        <p className="help-note">Nobody has labelled yet, so nothing changes with the number of labelers.</p>
      ) : (
        <Along
          curves={of('labelers')}
          all={labelers}
          alone={models === 0}
          whose="labelers"
          axis={capitalize(people === 'people' ? 'labelers' : people)}
        />
      )}
      {models > 0 && <Along curves={of('models')} all={models} whose="networks" axis="Networks" />}
    </section>
  );
}

interface AlongProps {
  curves: readonly Curve[];
  all: number;
  whose: string;
  axis: string;
  /** There is nobody else. */
  alone?: boolean;
}

/** Shares of images, and classes per image, with so many raters. */
function Along({ curves, all, whose, axis, alone = false }: AlongProps) {
  const shares = curves.filter(({ name, points }) => name !== classesPerImage && points.some(hasValue));
  const classes = curves.filter(({ name, points }) => name === classesPerImage && points.some(hasValue));
  if (all < 2) return <p className="help-note">With fewer than two {whose} nobody can disagree.</p>;
  return (
    <>
      <div className="chart-pair">
        <Chart title={`By number of ${whose}`} curves={shares} {...{ all, axis }} unit="Percent of images" from={0} />
        <Chart
          title={`Classes by number of ${whose}`}
          curves={classes}
          {...{ all, axis }}
          unit="Classes per image"
          from={1}
        />
      </div>
      <Uneven curves={[...shares, ...classes]} whose={whose} same={alone ? 'Types' : 'Table 3'} />
    </>
  );
}

const hasValue = ({ value }: Curve['points'][number]): boolean => value !== null;

/** Up to so many raters each has a tick; between them there is nobody. */
const mostTicks = 12;

interface ChartProps {
  title: string;
  curves: readonly Curve[];
  all: number;
  axis: string;
  unit: string;
  from: number;
}

function Chart({ title, curves, all, axis, unit, from }: ChartProps) {
  const people = usePeople();
  if (curves.length === 0) return null;
  return (
    <LineChart
      title={title}
      n={`of ${all}; ${imagesText(curves)}`}
      x={{ title: axis, ...(all <= mostTicks && { ticks: Array.from({ length: mostTicks }, (_, at) => at + 1) }) }}
      y={{ title: unit, domain: [from, null] }}
      series={curves.map((curve) => seriesOf(curve, people))}
    />
  );
}

function seriesOf({ name, points, paper }: Curve, people: string): LineSeries {
  const colour = colours[name];
  const shown = points.filter(hasValue);
  return {
    ...{ id: name, name: name.replace('people', people), ...(colour !== undefined && { colour }) },
    points: shown.flatMap(({ raters, value }) => (value === null ? [] : [[raters, value] as const])),
    counts: shown.map(({ raters, n }) => [raters, n] as const),
    ...(paper && { paper: [[paper.raters, paper.mean] as const] }),
  };
}

/** Fewest and most images that a point is of. */
function rangeOf(curves: readonly Curve[]): [number, number] {
  const counts = curves.flatMap(({ points }) => points.filter(hasValue).map(({ n }) => n));
  return [Math.min(...counts), Math.max(...counts)];
}

const isUneven = (curve: Curve): boolean => {
  const [fewest, most] = rangeOf([curve]);
  return fewest < most;
};

/** Types are of images that have one: fewer than all, but the same for each point. */
function imagesText(curves: readonly Curve[]): string {
  const [fewest, most] = rangeOf(curves);
  const between = curves.some(isUneven) ? 'to' : 'or';
  return `n = ${fewest === most ? most : `${most} ${between} ${fewest}`} images`;
}

/** With missing labels each point is of other images, so that curves may fall, and end elsewhere than the tables. */
function Uneven({ curves, whose, same }: { curves: readonly Curve[]; whose: string; same: string }) {
  const uneven = curves.filter(isUneven);
  if (uneven.length === 0) return null;
  const [fewest, most] = rangeOf(uneven);
  return (
    <p className="help-note">
      Labels are missing: each point counts the images that have so many labels, from {most} down to {fewest} of them
      (the table has each n). So the last point, with all {whose}, need not be what {same} says.
    </p>
  );
}

const colours: Record<string, string | undefined> = {
  'people disagree': 'var(--people)',
  'type C': 'var(--people-3)',
  'networks disagree': 'var(--networks)',
  'type A': 'var(--networks-3)',
};
