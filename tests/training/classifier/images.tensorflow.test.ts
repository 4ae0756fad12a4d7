import { whereTensorflow } from '../where-tensorflow.ts';
import { testImages } from './images-suite.ts';

whereTensorflow(testImages);
