export { createRandom, type Random } from './random/philox.ts';
