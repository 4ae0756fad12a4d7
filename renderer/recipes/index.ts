export { accuracyAxis, targetBands, trainingNote } from './accuracy-axis.ts';
export { CellBox } from './cell-box.tsx';
export { useCurveView, useRunScale, type CurveView } from './curve-controls.tsx';
export { DraftFields } from './draft-fields.tsx';
export { parseRecipe } from './parse-recipe.ts';
export { PlanFoot, estimateText, plannedText } from './plan-foot.tsx';
export { draftOf, words, type Draft } from './setting-drafts.ts';
export { TargetMarks } from './target-marks.tsx';
export { useUsualRecipe } from './use-usual-recipe.ts';
