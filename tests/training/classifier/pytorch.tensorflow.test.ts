import { whereTensorflow } from '../where-tensorflow.ts';
import { testAgainstPytorch } from './pytorch-suite.ts';

whereTensorflow(testAgainstPytorch);
