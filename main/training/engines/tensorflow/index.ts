export { locateKernels, locateTensorflow, tensorflowFolder } from './locate.ts';
