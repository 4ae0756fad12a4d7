import { whereTensorflow } from '../where-tensorflow.ts';
import { testStacked } from './stacked-suite.ts';

whereTensorflow(testStacked);
