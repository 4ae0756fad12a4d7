import { PartFigures, useTables } from '../../results/index.ts';

/** How statistics change with the number of labelers and networks. */
export const FewerRaters = () => <PartFigures query={useTables('subsampling')} beside />;
