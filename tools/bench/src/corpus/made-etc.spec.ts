import { parseConf } from '@confscope/conf-parser';
import { changed, isConfiguration, madeEtc } from './made-etc.ts';

describe('an etc that the bench makes', () => {
  const files = [...madeEtc(100)];
  const configuration = files.filter(({ path }) => isConfiguration(path));

  it('is the same for the same size and seed, and another one for another seed', () => {
    expect([...madeEtc(100)]).toEqual(files);
    expect([...madeEtc(100, 2)]).not.toEqual(files);
  });

  it('has as much in its files as published apps have, give or take a third', () => {
    let stanzas = 0;
    let settings = 0;
    let chars = 0;
    for (const { content } of configuration) {
      chars += content.length;
      for (const stanza of parseConf(content).stanzas) {
        stanzas++;
        settings += stanza.settings.length;
      }
    }
    const between = (value: number, middle: number): void => {
      expect(value).toBeGreaterThan(middle / 1.35);
      expect(value).toBeLessThan(middle * 1.35);
    };
    between(configuration.length / 100, 6.2);
    between(stanzas / configuration.length, 5.4);
    between(settings / stanzas, 4.3);
    between(chars / configuration.length, 2000);
  });

  it('names every path once and repeats some contents', () => {
    expect(new Set(files.map(({ path }) => path)).size).toBe(files.length);
    const contents = new Set(configuration.map(({ content }) => content)).size;
    expect(contents).toBeLessThan(configuration.length);
    expect(contents).toBeGreaterThan(0.8 * configuration.length);
  });

  it('can be edited in one configuration file of a hundred', () => {
    const edited = [...changed(files, 100)].filter(({ content }, i) => content !== files[i]?.content);
    expect(edited).toHaveLength(Math.round(configuration.length / 100));
    expect(edited.every(({ path }) => isConfiguration(path))).toBe(true);
  });
});
