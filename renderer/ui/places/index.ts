export { PartsAt } from './place.tsx';
export { listAt, type LabelingPart, type OtherVoter, type Parts, type Places } from './places.ts';
