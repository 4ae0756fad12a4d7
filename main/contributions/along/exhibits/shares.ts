import type { Cell, Exhibit } from '../../../contract/results/index.ts';
import { shareOf } from '../../../analysis/labels/index.ts';
import { at, className, peopleWord, targetOfKey } from '../../../domain/numbers/index.ts';
import { noPeople, orWhy, type StudyView, type ViewedGroup } from '../../../exhibits/parts/index.ts';

/** What the curves along alpha are drawn from: shares of both classes of a pair, image by image. */
export function sharesExhibit(study: StudyView): Exhibit {
  const alone = study.groups.length === 0;
  const people = sharesOfPeople(study);
  const { input, pairs } = study.context();
  const rows = (alone && study.labelers > 0 ? [null] : study.groups).flatMap((group) => {
    const networks = group && sharesOfNetworks(study, group);
    return pairs.flatMap(({ i, j, images }) =>
      images.map((image): Cell[] => {
        const both = (of: Shares): Cell[] => [of(image, i), of(image, j)];
        return [
          ...(group ? [targetOfKey(group.target)] : []),
          ...[className(study.classes, i), className(study.classes, j)],
          ...[at(input.images, image).alpha, at(study.imageIds, image), ...both(people)],
          ...(networks ? [...both(networks.votes), ...both(networks.softmax)] : []),
        ];
      }),
    );
  });
  const ofBoth = (what: string): string[] => [`${what}: first`, `${what}: second`];
  return {
    id: 'along-alpha',
    long: true,
    number: '',
    title: 'Shares of the two classes of a pair, along alpha',
    people: true,
    rows,
    columns: [
      ...(alone ? [] : ['Target %']),
      ...['First class', 'Second class', 'Alpha', 'Image', ...ofBoth(`Labels of ${peopleWord(study)}`)],
      ...(alone ? [] : [...ofBoth('Votes of networks'), ...ofBoth('Mean softmax')]),
    ].map((name) => ({ name })),
    notes: ['Shares of all labels, votes or probability; the rest, up to 1, is for other classes.'],
  };
}

type Shares = (image: number, k: number) => Cell;

function sharesOfPeople(study: StudyView): Shares {
  const { votes } = study.context().humans;
  const why = study.labelers === 0 ? noPeople(study) : 'Nobody labeled this image.';
  return (image, k) => orWhy(shareOf(votes, image, k), why);
}

function sharesOfNetworks(study: StudyView, { view }: ViewedGroup): { votes: Shares; softmax: Shares } {
  const { group, counts } = view();
  const { input } = study.context();
  const members = group.members.map((model) => input.readSoftmax(model));
  const mean = (sum: number): number => sum / members.length;
  return {
    votes: (image, k) => mean(at(counts.counts, image * counts.classes + k)),
    softmax: (image, k) => mean(members.reduce((sum, softmax) => sum + at(softmax, image * input.classes + k), 0)),
  };
}
