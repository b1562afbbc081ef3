export { BadConfig, type Config, loadConfig, type Settings } from './load-config.ts';
export { Loop, type LoopOptions } from './loop.ts';
export * from './setting.ts';
