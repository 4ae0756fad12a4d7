import { Link } from 'wouter';
import { modelsAddress } from '../../../navigation/index.ts';

/** Where recipes are compared by themselves. */
export const PlanSweep = ({ study }: { study: string }) => (
  <>
    To compare recipes by themselves, or several architectures and optimizers,{' '}
    <Link href={modelsAddress(study, '/sweeps')}>plan a sweep</Link>.
  </>
);
