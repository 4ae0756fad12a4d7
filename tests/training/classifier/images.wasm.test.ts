import { testImages } from './images-suite.ts';

testImages('wasm');
