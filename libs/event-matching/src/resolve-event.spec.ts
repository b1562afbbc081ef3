import { effectiveConf, EtcTree, parseConf, type Setting, UploadShape } from '@confscope/conf-parser';
import { TooManyStanzas, TooSlow } from './match-in-time.ts';
import { resolveEvent } from './resolve-event.ts';

const NOTHING = { source: null, host: null, sourcetype: null };

/** What props.conf of these apps comes to, at index time and to the app that asks. */
function propsOf(files: Readonly<Record<string, string>>, app?: string) {
  const shape = UploadShape.of(Object.keys(files));
  const tree = new EtcTree<Setting>({
    instance: 'etc',
    schemes: [],
    files: Object.entries(files).flatMap(([path, text]) => {
      const origin = shape.originOf(path);
      return origin ? [{ origin, stanzas: parseConf(text, { conf: 'props' }).stanzas }] : [];
    }),
  });
  const atIndexTime = effectiveConf(tree, 'props');
  if (app === undefined) return { effective: atIndexTime, atIndexTime };
  return { effective: effectiveConf(tree, 'props', { context: { kind: 'app', app, user: null } }), atIndexTime };
}
const system = (text: string) => propsOf({ 'etc/system/local/props.conf': text });
const names = (ranked: readonly { stanza: { name: string } }[]) => ranked.map(({ stanza }) => stanza.name);

describe('the stanzas for an event, in their order', () => {
  it('are those of the sourcetype, too, that its source gives it', async () => {
    const props = system('[st]\n[source::s]\nsourcetype = st\n[host::h]\n');
    const { event, given, ranked } = await resolveEvent({ ...props, event: { ...NOTHING, source: 's', host: 'H' } });
    expect(names(ranked)).toEqual(['source::s', 'host::h', 'st']);
    expect([event.sourcetype, given]).toEqual(['st', { sourcetype: 'st', stanza: 'source::s' }]);
  });

  it('are found by the sourcetype of index time also where the app that asks does not see who gives it', async () => {
    const files = {
      'etc/apps/A/default/props.conf': '[source::s]\nsourcetype = st\n',
      'etc/apps/B/default/props.conf': '[st]\nEXTRACT-a = (?<a>x)\n',
    };
    const { ranked, given } = await resolveEvent({ ...propsOf(files, 'B'), event: { ...NOTHING, source: 's' } });
    expect([names(ranked), given?.sourcetype]).toEqual([['st'], 'st']);
  });

  it('are those of the new name of a sourcetype at search time, and of its own at index time', async () => {
    const files = { 'etc/apps/A/default/props.conf': '[one]\nrename = two\n[two]\n[host::h]\nrename = no\n' };
    const event = { ...NOTHING, sourcetype: 'one', host: 'h' };
    const atSearchTime = await resolveEvent({ ...propsOf(files, 'A'), event });
    expect([names(atSearchTime.ranked), atSearchTime.event.sourcetype]).toEqual([['host::h', 'two'], 'two']);
    expect(atSearchTime.renamed).toEqual({ sourcetype: 'two', stanza: 'one' });
    const atIndexTime = await resolveEvent({ ...propsOf(files), event });
    expect([names(atIndexTime.ranked), atIndexTime.renamed]).toEqual([['host::h', 'one'], null]);
  });

  it('leave out a pattern that takes for ever, and tell it', async () => {
    const props = system('[source::(a+)+]\n[source::a...]\n[source::b...]\n[host::h]\n');
    const event = { ...NOTHING, source: `${'a'.repeat(60)}!`, host: 'h' };
    const { ranked, unread, isWhole } = await resolveEvent({ ...props, event });
    expect(names(ranked)).toEqual(['source::a...', 'host::h']);
    expect(unread).toEqual([{ stanza: 'source::(a+)+', why: 'its pattern takes too long' }]);
    expect(isWhole).toBe(false);
  });

  it('are none when many patterns take for ever', async () => {
    const slow = Array.from({ length: 12 }, (_, i) => `[source::(a+)+${i}]\n`).join('');
    const asked = resolveEvent({ ...system(slow), event: { ...NOTHING, source: `${'a'.repeat(60)}!` } });
    await expect(asked).rejects.toThrow(TooSlow);
    await expect(asked).rejects.toThrow('[source::(a+)+0]');
  });

  it('are none when thousands of patterns take long, and others do not wait for that', async () => {
    const slow = Array.from({ length: 4000 }, (_, i) => `[source::(a+)+${i}]\n`).join('');
    const ended: string[] = [];
    const asked = resolveEvent({ ...system(slow), event: { ...NOTHING, source: `${'a'.repeat(18)}!` } });
    const others = resolveEvent({ ...system('[host::h]\n'), event: { ...NOTHING, host: 'h' } });
    await Promise.allSettled([asked.catch(() => ended.push('slow')), others.then(() => ended.push('other'))]);
    expect(ended).toEqual(['other', 'slow']);
    await expect(asked).rejects.toThrow('takes more than 2000 ms');
  });

  it('are none when they are more than anybody could mean', async () => {
    const many = Array.from({ length: 1100 }, (_, i) => `[source::(?#${i})...]\n`).join('');
    await expect(resolveEvent({ ...system(many), event: { ...NOTHING, source: 's' } })).rejects.toThrow(TooManyStanzas);
  });

  it('are looked for in turns, in which others have theirs', async () => {
    const many = Array.from({ length: 40_000 }, (_, i) => `[source::(?#${i}).../x]\n`).join('');
    const props = system(many);
    let turns = 0;
    const others = setInterval(() => turns++, 0);
    const found = [0, 1, 2].map((i) => resolveEvent({ ...props, event: { ...NOTHING, source: `s${i}` } }));
    const whole = (await Promise.all(found)).map(({ ranked, isWhole }) => [ranked.length, isWhole]);
    clearInterval(others);
    expect(whole).toEqual(Array(3).fill([0, true]));
    expect(turns).toBeGreaterThan(3);
  });
});
