import { useParams } from 'wouter';
import { studyAddress } from '../../navigation/study-addresses.ts';

/** The study that the address names. */
export const useStudy = (): string => useParams<{ study: string }>().study ?? '';

export const modelsAddress = (study: string, path = ''): string => studyAddress(study, `/models${path}`);

/** The address that compares these runs. */
export const compareAddress = (study: string, ids: readonly number[]): string =>
  modelsAddress(study, `/compare?runs=${ids.join(',')}`);
