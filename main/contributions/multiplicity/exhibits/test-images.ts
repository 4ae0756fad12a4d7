import { type LabelMatrix, takeRaters } from '../../../analysis/labels/index.ts';
import { type AgreementLine, agreementLine } from '../analysis/multiplicity.ts';
import { spread, type Spread } from '../../../analysis/statistics/index.ts';
import { testAgreement, type TestAnswers } from '../../../analysis/outcomes/index.ts';
import { type Cell, type Exhibit, keptLabels } from '../../../contract/results/index.ts';
import { formatInteger } from '../../../domain/numbers/index.ts';
import { count, meanCell, named, noMajority, type StudyNumbers } from '../../../exhibits/parts/index.ts';

/** Networks at one accuracy, on the images of the study and on test images. Lists are by network. */
export interface TestedNetworks {
  /** `All recipes at 98 %`. */
  readonly title: string;
  readonly names: readonly string[];
  /** A label for every image of the study. */
  readonly labels: LabelMatrix;
  /** Mean of the largest softmax over the images of the study, 0..1; null: not known. */
  readonly certainty: readonly (number | null)[];
  /** Expected calibration error against the majority of people, 0..1; null: nobody has labeled. */
  readonly ece: readonly (number | null)[];
  /** Answers to test images; null: not computed. */
  readonly test: readonly (TestAnswers | null)[];
}

/** Networks of a group that a line is drawn for: leaving out each takes seconds for more. */
const mostNetworks = 500;
/** Test images times networks squared, 32 of them at once. */
const mostComparisons = 1e10;

const notComputed =
  'Answers to the test images are not computed yet. Compute them on Results, Agreement, or with “boundary runs evaluate”.';

/** How sure networks are where they were tested and on the images of the study, and agreement on the line (metrics.md 16). */
export function testImagesExhibit(study: StudyNumbers, groups: readonly TestedNetworks[]): Exhibit {
  const shareColumns = (key: string, name: string) => ({ key, name, decimals: 3, spread: true });
  const isPartial = groups.some(({ test }) => test.includes(null) && test.some((one) => one !== null));
  return {
    id: 'test-images',
    number: '',
    title: 'On test images',
    people: true,
    columns: [
      { name: 'Networks' },
      { name: 'n', decimals: 0 },
      { key: 'answered', name: 'With answers', decimals: 0 },
      { key: 'accuracy', name: 'Test accuracy', unit: '%', decimals: 2, spread: true },
      shareColumns('certainty', 'Largest softmax'),
      shareColumns('ece', 'ECE'),
      shareColumns('own-certainty', 'Largest softmax, images of the study'),
      shareColumns('own-ece', named(study, 'ECE against people')),
      { key: 'slope', name: 'Slope of the line', decimals: 3 },
      { key: 'se', name: 'Standard error', decimals: 3 },
      { key: 'intercept', name: 'Intercept', decimals: 3 },
      { key: 'r2', name: 'r²', decimals: 3 },
    ],
    rows: groups.map((group) => [group.title, group.names.length, ...cellsOf(study, group)]),
    notes: [
      named(
        study,
        'Mean ± population standard deviation over networks. Largest softmax: its mean over all test images, and over the images of the study. ECE: expected calibration error, 15 bins, on test images, and on the images of the study against the majority of people.',
      ),
      'Agreement on the line (Baek et al. 2022): a line through pairs of networks, from the probit of their agreement on test images to that of their agreement on the images of the study. Its standard error leaves out networks one at a time.',
      ...(isPartial ? ['The numbers of a group use only its networks with answers to the test images.'] : []),
    ],
  };
}

function cellsOf(study: StudyNumbers, group: TestedNetworks): Cell[] {
  const tested = group.test.flatMap((test, network) => (test === null ? [] : [{ test, network }]));
  const networks = tested.length > 0 ? tested.map(({ network }) => network) : [...group.names.keys()];
  const mean = (values: readonly (number | null)[], reason: string, scale = 1): Cell =>
    meanCell(scaled(spread(values), scale), 'models', { reason });
  const ofTest = (value: (test: TestAnswers) => number, scale?: number): Cell =>
    mean(
      tested.map(({ test }) => value(test)),
      notComputed,
      scale,
    );
  const own = (values: readonly (number | null)[]): (number | null)[] =>
    networks.map((network) => values[network] ?? null);
  return [
    tested.length,
    ofTest(({ accuracy }) => accuracy, 100),
    ofTest(({ certainty }) => certainty),
    ofTest(({ ece }) => ece),
    mean(own(group.certainty), 'The softmax of these networks is not known.'),
    mean(own(group.ece), noMajority(study)),
    ...lineCells(group, tested),
  ];
}

const scaled = ({ mean, std, n }: Spread, scale: number) => ({
  mean: mean === null ? null : scale * mean,
  std: std === null ? null : scale * std,
  n,
});

interface Tested {
  readonly test: TestAnswers;
  readonly network: number;
}

function lineCells({ labels, names }: TestedNetworks, tested: readonly Tested[]): Cell[] {
  const found = lineOf(labels, tested);
  const reasons = typeof found === 'string' ? sameReasons(found) : whyNot(found, names.length - tested.length);
  const line = typeof found === 'string' ? null : found;
  return [
    count(line?.slope, { reason: reasons.slope }),
    count(line?.se_slope, { reason: reasons.se }),
    count(line?.intercept, { reason: reasons.slope }),
    count(line?.r2, { reason: reasons.r2 }),
  ];
}

/** The line of the networks with answers, or why it is not computed: a sentence. */
function lineOf(labels: LabelMatrix, tested: readonly Tested[]): AgreementLine | string {
  const tests = tested.map(({ test }) => test);
  if (tests.length === 0) return notComputed;
  if (tests.some((test) => test.labels === null))
    return `Labels of more than ${formatInteger(keptLabels)} test images are not kept.`;
  const images = tests[0]?.labels?.length ?? 0;
  if (tests.length > mostNetworks || tests.length ** 2 * images > mostComparisons)
    return 'There are too many networks and test images to compare them all in seconds.';
  const test = testAgreement(tests) ?? { images: Math.max(1, images), agreement: () => null };
  const own = takeRaters(
    labels,
    tested.map(({ network }) => network),
  );
  return agreementLine(own, test);
}

type Reasons = Record<'slope' | 'se' | 'r2', string>;

const sameReasons = (reason: string): Reasons => ({ slope: reason, se: reason, r2: reason });

/** @param missing networks without answers */
function whyNot({ n_pairs, slope }: AgreementLine, missing: number): Reasons {
  if (n_pairs < 3) {
    const why = 'There are fewer than 3 pairs of networks with answers to the same test images.';
    return sameReasons(missing > 0 ? `${why} ${notComputed}` : why);
  }
  if (slope === null) return sameReasons('All pairs agree on the same share of test images.');
  return {
    slope: '',
    se: 'A standard error takes four networks, and a line whichever of them is left out.',
    r2: 'All pairs agree on the same share of the images of the study.',
  };
}
