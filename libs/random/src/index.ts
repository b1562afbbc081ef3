export { chosen, Random } from './random.ts';
