import { benchParser } from '@confscope/conf-parser/bench';
import { confFilesOf } from './baselines.ts';

/** A round reads as much at the least: few small files are read many times in it. In bytes. */
const LEAST_BYTES = 16_000_000;

/** A program: measures the readers over the files of an archive, for so many rounds, and prints their speeds as JSON. */
const [archive = '', rounds] = process.argv.slice(2);
const files = await confFilesOf(archive);
const bytes = files.reduce((sum, file) => sum + file.length, 0);
const repeats = Math.ceil(LEAST_BYTES / Math.max(1, bytes));
const many = Array.from({ length: repeats }, () => files).flat();
const speeds = { one: benchParser(many, Number(rounds), 'one'), all: benchParser(many, Number(rounds), 'all') };
console.log(JSON.stringify(speeds));
