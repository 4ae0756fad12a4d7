import { useParams } from 'wouter';

/** Name of the study that the address is in. */
export function useStudy(): string {
  const { study = '' } = useParams<{ study: string }>();
  return study;
}
