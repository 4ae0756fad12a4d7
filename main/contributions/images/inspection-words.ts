import type { Inspection } from '../formats/contract/inspection.ts';
import { formatCount } from '../../domain/numbers/index.ts';

/** What was found at a path: `36 images in 3 classes; 12 × 12 pixels, in color`. */
export function inspectionWords({ classes, sizes, isColored }: Inspection): string {
  const images = classes.reduce((sum, { train, test }) => sum + train + (test ?? 0), 0);
  const pixels = [...new Set(sizes.map(({ width, height }) => `${width} × ${height}`))].join(' to ');
  const counts = `${formatCount(images, 'image')} in ${formatCount(classes.length, 'class')}`;
  return `${counts}; ${pixels} pixels, ${isColored ? 'in color' : 'gray'}`;
}
