export { LabelingService } from './service.ts';
export { withdrawSession } from './withdraw.ts';
