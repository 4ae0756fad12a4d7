import type { Inspection } from '../formats/contract/inspection.ts';
import { formatCount } from '../../domain/numbers/index.ts';

type InspectionFacts = Pick<Inspection, 'classes' | 'sizes' | 'looked' | 'isColored'>;

/** What was found at a path: `36 images in 3 classes; 12 × 12 pixels, in color`. What was seen of some images is said of these. */
export function inspectionWords({ classes, sizes, looked, isColored }: InspectionFacts): string {
  const images = classes.reduce((sum, { train, test }) => sum + train + (test ?? 0), 0);
  const pixels = [...new Set(sizes.map(({ width, height }) => `${width} × ${height}`))].join(' to ');
  const counts = `${formatCount(images, 'image')} in ${formatCount(classes.length, 'class')}`;
  const among = looked === null ? '' : `the ${formatCount(looked, 'image')} looked at so far: `;
  return `${counts}; ${among}${pixels} pixels, ${isColored ? 'in color' : 'gray'}`;
}
