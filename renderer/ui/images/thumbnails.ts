import { useMediaQuery } from '@mantine/hooks';

/** CSS pixels of small images on this screen: half as many again where it is wide. @param usual on others */
export function useThumbnailSize(usual: number): number {
  const isWide = useMediaQuery('(min-width: 1600px)', false, { getInitialValueInEffect: false });
  return isWide ? Math.round(1.5 * usual) : usual;
}
