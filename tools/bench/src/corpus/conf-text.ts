import type { ConfShape } from './conf-shapes.ts';
import type { Random } from '@confscope/random';

const SYLLABLES =
  'ac al an ar bi ca ce co da de di do el en er es fi fo ga ge ha he il im in io ka ki la le li lo ma me mi mo na ne ni no ol on or pa pe po ra re ri ro sa se si so ta te ti to ul un ur va ve vi wa xe zo'.split(
    ' ',
  );
const GLUE = [' ', ' ', ' ', ' ', '_', '_', '.', ':', ' = ', '=', ', ', '|', '\\s+', '(?<', '[^"]+', '-', '/'];
const SCALARS = ['true', 'false', '0', '1', '0', '1', 'none', 'auto', 'json', 'python3', '-24h', 'now', '10000', '60'];
/** People copy from one another: most of a text is phrases that stand elsewhere too, and so it compresses well. */
const PHRASES = 900;
const MAX_STANZAS = 400;
const MAX_SETTINGS = 270;

/** Words of an invented language, the frequent ones first. */
export function vocabularyOf(random: Random, size: number): string[] {
  return Array.from({ length: size }, () => {
    let word = '';
    for (let i = 1 + random.below(4); i >= 0; i--) word += random.pick(SYLLABLES);
    return word;
  });
}

/** Writes conf files of given shapes: comments, blank lines and continued values as often as people write them. */
export class ConfWriter {
  readonly #phrases: string[] = [];

  constructor(
    private readonly random: Random,
    private readonly vocabulary: readonly string[],
  ) {
    for (let i = 0; i < PHRASES; i++) this.#phrases.push(this.words(20 + random.below(60)));
  }

  file(shape: ConfShape): string {
    const { random } = this;
    let text = random.chance(0.3) ? `# ${this.words(50)}\n# ${this.words(60)}\n\n` : '';
    const stanzas = this.#count(0.85 * shape.stanzas, 1.1, MAX_STANZAS);
    for (let i = 0; i < stanzas; i++) text += this.#stanza(shape, i);
    return text;
  }

  /** Text of about this many characters. */
  words(chars: number): string {
    let text = this.#word();
    while (text.length < chars) {
      const copied = this.#phrases.length === PHRASES && this.random.chance(0.85);
      const next = copied ? this.#frequent(this.#phrases) : this.#word();
      text += this.random.pick(GLUE) + next.slice(0, Math.max(8, chars - text.length));
    }
    return text;
  }

  #stanza(shape: ConfShape, ordinal: number): string {
    const { random } = this;
    const name = ordinal === 0 && random.chance(0.1) ? 'default' : this.words(random.skewed(20, 0.6));
    let text = `[${name}]\n`;
    const settings = this.#count(1.15 * shape.settingsPerStanza, 0.9, MAX_SETTINGS);
    const first = random.below(shape.keys.length);
    for (let i = 0; i < settings; i++) text += this.#setting(shape, first + i, i);
    return text + '\n';
  }

  #setting(shape: ConfShape, which: number, ordinal: number): string {
    const { random } = this;
    const { keys } = shape;
    const known = (keys[which % keys.length] as string).replace('*', () => this.#word());
    const key = ordinal < keys.length ? known : `${known}.${ordinal}`;
    const comment = random.chance(0.13) ? `# ${this.words(58)}\n` : '';
    const short = shape.valueChars < 40 ? 0.5 : 0.25;
    const value = random.chance(short) ? random.pick(SCALARS) : this.#value((1.3 * shape.valueChars) / (1 - short));
    return `${comment}${key} = ${value}\n`;
  }

  #value(meanChars: number): string {
    const chars = Math.min(10_000, this.random.skewed(meanChars, 1));
    if (chars < 120 || this.random.chance(0.5)) return this.words(chars);
    let value = this.words(80);
    while (value.length < chars) value += ` \\\n    ${this.words(70)}`;
    return value;
  }

  #word(): string {
    return this.#frequent(this.vocabulary);
  }

  /** The power makes low numbers frequent, as some words of a language are. */
  #frequent(list: readonly string[]): string {
    return list[Math.floor(this.random.next() ** 3 * list.length)] as string;
  }

  #count(mean: number, sigma: number, most: number): number {
    return Math.max(1, Math.min(most, Math.round(this.random.skewed(mean, sigma))));
  }
}
