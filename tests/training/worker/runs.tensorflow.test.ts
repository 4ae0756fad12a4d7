import { whereTensorflow } from '../where-tensorflow.ts';
import { testRuns } from './runs-suite.ts';

whereTensorflow(testRuns);
