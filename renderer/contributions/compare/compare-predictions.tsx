import { Stack, Text } from '@mantine/core';
import type { Comparison } from '../../../main/contributions/compare/contract.ts';
import {
  className,
  formatCount,
  formatInteger,
  formatPercent,
  targetTitle,
} from '../../../main/domain/numbers/index.ts';
import { ClassName, shadeStyle, Share, Undefined } from '../../ui/words/index.ts';
import { PixelImage, useThumbnailSize } from '../../ui/images/index.ts';
import { PlainTable, withKeys } from '../../ui/tables/index.ts';
import { HelpNote } from '../../ui/parts/index.ts';

/** Runs with a table of pairs; cells of images that are listed. */
const mostPairwise = 40;
const mostCells = 2400;

type Stimuli = NonNullable<Comparison['stimuli']>;

/** On how many stimuli each two runs disagree, and the images on which not all agree. */
export function ComparePredictions({ comparison }: { comparison: Comparison }) {
  const { stimuli, target, rows } = comparison;
  if (target === null) return <HelpNote>None of these runs has a snapshot yet.</HelpNote>;
  if (stimuli === null)
    return <HelpNote>The study has no frozen stimuli yet. Create and freeze them on the Stimuli screen.</HelpNote>;
  const predicted = stimuli.predicted.filter(Boolean).length;
  if (predicted < 2) {
    return (
      <HelpNote>
        Only {formatCount(predicted, 'run')} {predicted === 1 ? 'has' : 'have'} predictions at {targetTitle(target)}.
        Run the study to its report, so that every snapshot predicts the stimuli.
      </HelpNote>
    );
  }
  return (
    <Stack gap="md">
      <Text size="sm">
        The {predicted} networks at {targetTitle(target)} disagree on{' '}
        <Share k={stimuli.differing} n={stimuli.count} of="images" />.
      </Text>
      {rows.length > mostPairwise && (
        <HelpNote>The table of disagreements between two runs is shown for up to {mostPairwise} runs.</HelpNote>
      )}
      {rows.length > 2 && rows.length <= mostPairwise && (
        <Pairwise stimuli={stimuli} names={rows.map(({ name }) => name)} />
      )}
      <Images stimuli={stimuli} names={rows.map(({ name }) => name)} />
    </Stack>
  );
}

function Pairwise({ stimuli, names }: { stimuli: Stimuli; names: readonly string[] }) {
  const { count, disagreements } = stimuli;
  return (
    <>
      <PlainTable
        label={`Images that two runs label differently, of ${count}`}
        className="confusion"
        rows={withKeys(disagreements)}
        rowKey={({ key }) => key}
        columns={[
          { title: 'Run', hidden: true, cell: ({ place }) => names[place] },
          ...names.map((title, column) => ({
            title,
            cell: ({ item, place }: Disagreements) => {
              const differing = item[column] ?? null;
              return column === place ? '' : differing === null ? '–' : formatPercent(differing / count);
            },
            attributes: ({ item }: Disagreements) => {
              const differing = item[column] ?? null;
              return {
                style: differing ? shadeStyle('networks', Math.min(4, Math.ceil((8 * differing) / count))) : undefined,
                title: differing === null ? 'No predictions' : `${differing} of ${count} images`,
              };
            },
          })),
        ]}
      />
      <HelpNote>Share of the {formatInteger(count)} images for which two runs predict different classes.</HelpNote>
    </>
  );
}

type Disagreements = { item: Stimuli['disagreements'][number]; place: number };

function Images({ stimuli, names }: { stimuli: Stimuli; names: readonly string[] }) {
  const { classes, differing, predicted } = stimuli;
  const size = useThumbnailSize(56);
  const images = stimuli.images.slice(0, Math.ceil(mostCells / Math.max(1, names.length)));
  const withPairs = images.some(({ pair }) => pair !== null);
  if (images.length === 0) return <HelpNote>All runs predict the same class for every image.</HelpNote>;
  return (
    <>
      <PlainTable
        label="Images and the class that each run predicts"
        rows={images}
        rowKey={({ image }) => image}
        columns={[
          {
            title: 'Image',
            cell: ({ image, pixels }) => (
              <PixelImage pixels={pixels} size={size} mat={2} imageSize={stimuli} label={`Image ${image}`} />
            ),
          },
          withPairs && {
            title: 'Pair, alpha',
            cell: ({ pair, alpha }) =>
              pair && (
                <>
                  <ClassName name={className(classes, pair[0])} width={120} /> to{' '}
                  <ClassName name={className(classes, pair[1])} width={120} />, {alpha?.toFixed(2)}
                </>
              ),
          },
          ...names.map((title, place) => ({
            title,
            cell: ({ labels }: (typeof images)[number]) => {
              const label = labels[place] ?? null;
              if (label === null)
                return (
                  <Undefined reason={predicted[place] ? 'No label' : 'This run has no predictions for the stimuli'} />
                );
              const name = <ClassName name={className(classes, label)} width={120} />;
              return label === labels[0] ? name : <span className="differs">{name}</span>;
            },
          })),
        ]}
      />
      {differing > images.length && (
        <HelpNote>
          Showing {formatInteger(images.length)} of {formatInteger(differing)} images; those with the most different
          labels come first.
        </HelpNote>
      )}
    </>
  );
}
