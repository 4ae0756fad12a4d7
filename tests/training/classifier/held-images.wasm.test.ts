import { testHeldImages } from './held-images-suite.ts';

testHeldImages('wasm');
