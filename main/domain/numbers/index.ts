export { at, bytesOf, countLabels, kept, keptLast } from './arrays.ts';
export { differences, type Json } from './differences.ts';
export {
  className,
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatEstimate,
  formatFixed,
  formatInteger,
  formatMoment,
  formatNames,
  formatPercent,
  formatRoughTime,
  peopleWord,
  testImagesText,
} from './format.ts';
export { heightAt } from './polyline.ts';
export { compareTargets, isAccuracy, parseTarget, targetOfKey, targetTitle, targetTitles } from './targets.ts';
export { accuracySeries, testSeries, trainingSeries, validationSeries } from './trend.ts';
