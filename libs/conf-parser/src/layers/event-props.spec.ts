import fc from 'fast-check';
import { effectiveConf } from './effective-conf.ts';
import { etcOf } from './etc-of.fixture.ts';
import { decideEvent, EventMatcher, propsOfEvent, type SplunkEvent } from './event-props.ts';

const NOTHING: SplunkEvent = { source: null, host: null, sourcetype: null };
const LOCAL = 'etc/system/local/props.conf';

const merged = (text: string, home?: string) =>
  effectiveConf(etcOf({ [LOCAL]: text }), 'props', home === undefined ? {} : { home });
const matcherOf = (text: string, event: Partial<SplunkEvent>, home?: string) => {
  const matcher = new EventMatcher(merged(text, home), { ...NOTHING, ...event });
  matcher.run();
  return matcher;
};
const decisionOf = (text: string, event: Partial<SplunkEvent>, home?: string) =>
  decideEvent(matcherOf(text, event, home).matches);
/** The stanzas that are for an event, the first one first. */
const ranked = (text: string, event: Partial<SplunkEvent>, home?: string) => decisionOf(text, event, home).ranked;
const namesFor = (text: string, event: Partial<SplunkEvent>, home?: string) =>
  ranked(text, event, home).map(({ stanza }) => stanza.name);
/** Whether a stanza of this name is for the event. */
const matches = (name: string, event: Partial<SplunkEvent>, home?: string) =>
  namesFor(`[${name}]\nk = 1\n`, event, home).length > 0;
/** What holds for the event, `key = value` of stanza. */
const propsFor = (text: string, event: Partial<SplunkEvent>) => {
  const conf = merged(text);
  const stanza = propsOfEvent(conf, ranked(text, event));
  return stanza
    .settings()
    .map(({ key, winner, inheritedFrom }) => `[${inheritedFrom}] ${key} = ${winner.setting.value}`);
};

describe('the stanzas of props.conf that are for an event', () => {
  it('rank source over host over sourcetype, whatever their priority', () => {
    const text = '[syslog]\npriority = 900\n[host::web1]\npriority = 500\n[source::...messages]\npriority = -3\n';
    expect(namesFor(text, { source: '/var/log/messages', host: 'web1', sourcetype: 'syslog' })).toEqual([
      'source::...messages',
      'host::web1',
      'syslog',
    ]);
  });

  it('rank literal names over patterns, at 100 and 0, and all by their priority when they set one', () => {
    const text = [
      '[source::/a/b]\nk = literal\n',
      '[source::/a/*]\nk = pattern\n',
      '[source::/a/...]\npriority = 101\n',
      '[source::/...]\npriority = 7\n',
      '[source::...b]\npriority = many\n',
      '[source::/*/b]\npriority = +6\n',
      '[default]\npriority = 500\n',
    ].join('');
    expect(ranked(text, { source: '/a/b' }).map(({ stanza, kind, priority }) => [stanza.name, kind, priority])).toEqual(
      [
        ['source::/a/...', 'pattern', 101],
        ['source::/a/b', 'literal', 100],
        ['source::/...', 'pattern', 7],
        ['source::/*/b', 'pattern', 6],
        ['source::...b', 'pattern', 0],
        ['source::/a/*', 'pattern', 0],
      ],
    );
  });

  it('rank by the bytes of their names where the priority is the same', () => {
    const text = '[source::...z...]\nsourcetype = z\n[source::...a...]\nsourcetype = a\n[source::...Z...]\n';
    expect(namesFor(text, { source: 'aZz' })).toEqual(['source::...Z...', 'source::...a...', 'source::...z...']);
  });

  it.each([
    ['source::/var/log/x', '/var/log/x', true],
    ['source::/var/log/x', '/var/log/X', false],
    ['source::/var/log/x', '/var/log/x.1', false],
    ['source::(?i)/var/log/x', '/VAR/log/x', true],
    ['(?i)source::....zip(.\\d+)?', '/a/B.ZIP.1', true],
    ['source::....zip(.\\d+)?', '/a/b.zip', true],
    ['source::....zip(.\\d+)?', '/a/b.zipx1', false],
    ['source::/var/log/*.log', '/var/log/a.log', true],
    ['source::/var/log/*.log', '/var/log/a/b.log', false],
    ['source::/var/.../b.log', '/var/log/a/b.log', true],
    ['source::....(?<!tar.)(gz|bz2)', '/a/b.gz', true],
    ['source::....(?<!tar.)(gz|bz2)', '/a/b.tar.gz', false],
    ['source::a|bc', 'bc', true],
    ['source::a|bc', 'ac', false],
    ['source::...[\\/]x*.log*', '/opt/x1.log.2', true],
    ['source::...(/|\\\\)splunk(/|\\\\)db.log*', 'C:\\splunk\\db.log', true],
    ['source::WinEventLog:Security', 'WinEventLog:Security', true],
    ['source::(WMI:WinEventLog|WinEventLog)...', 'WMI:WinEventLog:System', true],
    ['source::/a/b(1).log', '/a/b(1).log', true],
    ['source::C:\\logs\\temp.log', 'C:\\logs\\temp.log', true],
    ['source::C:\\\\logs\\\\temp.log', 'C:\\logs\\temp.log', true],
    ['source::/a/[]x]+', '/a/]x', true],
    ['source::/a/[^]x]', '/a/]', false],
    ['source::/a/\\w{2,3}', '/a/abc', true],
    ['source::/a/x{', '/a/x{', true],
    ['source::\\Aa\\hb+\\z', 'a\tbb', true],
    ['source::(?P<n>a+)b', 'aab', true],
    ['source::(?#why)a*', 'abc', true],
    ['source::((?i)a|b)c*', 'Bc', true],
    ['source::((?i)a|b)c*', 'BC', false],
    ['source::a\\-b\\_...', 'a-b_c', true],
    ['source::.../(?i)access.log|x', '/a/ACCESS.LOG', true],
    ['source::.../(?i)access.log|x', 'X', true],
    ['source::a(b(?i)c|d)e', 'aDe', true],
    ['source::a(b(?i)c|d)e', 'aDE', false],
    ['source::[\\w-.]+', 'a-b.c', true],
    ['source::[a-c]+', 'b', true],
    ['source::\\x{e9}*', 'é1', true],
    ['source::(?P<n>a)-(?P=n)*', 'a-a', true],
    ['source::ab?c*', 'ac', true],
    ['source::ab{0}c*', 'ac', true],
    ['source::ab?c*', 'bc', false],
    ['source::C:\\\\Program Files \\(x86\\)\\\\a.log', 'C:\\Program Files (x86)\\a.log', true],
    ['source::*\u2028é', 'x\u2028é', true],
  ])('[%s] is for the source %j: %j', (name, source, expected) => {
    expect(matches(name, { source })).toBe(expected);
  });

  it('asterisks of a Windows instance stop at backslashes', () => {
    expect(matches('source::C:\\\\logs\\\\*.log', { source: 'C:\\logs\\a.log' }, 'C:\\Splunk')).toBe(true);
    expect(matches('source::C:\\\\logs\\\\*.log', { source: 'C:\\logs\\a\\b.log' }, 'C:\\Splunk')).toBe(false);
    expect(matches('source::C:\\\\logs\\\\*.log', { source: 'C:\\logs\\a\\b.log' })).toBe(false);
    expect(matches('host::*', { host: 'a\\b' })).toBe(true);
  });

  it('a name is literal also where some of its characters are escaped', () => {
    const text =
      '[source::C:\\\\Program Files \\(x86\\)\\\\a.log]\n[source::C:\\\\Program Files*\\\\a.log]\npriority = 50\n';
    expect(ranked(text, { source: 'C:\\Program Files (x86)\\a.log' }).map(({ kind }) => kind)).toEqual([
      'literal',
      'pattern',
    ]);
  });

  it('a name may be as long as it likes', () => {
    const { matches: found, unread } = matcherOf(`[source::${'a'.repeat(12_000_000)}]\n`, { source: 'aab' });
    expect([found.length, unread.length]).toEqual([0, 0]);
  });

  it('what begins otherwise is not read at all', () => {
    expect(matcherOf('[source::C:\\logs\\a*]\n[source::/b(]\n', { source: '/a' }).unread).toEqual([]);
  });

  it.each([
    ['host::Web1', 'WEB1', true],
    ['host::web*', 'WEB1', true],
    ['host::(?-i)web1', 'WEB1', false],
    ['host::(?-i)web1', 'web1', true],
    ['host::web1', 'web1.example.com', false],
  ])('[%s] is for the host %j: %j', (name, host, expected) => {
    expect(matches(name, { host })).toBe(expected);
  });

  it.each([
    ['syslog', 'syslog', true],
    ['syslog', 'Syslog', false],
    ['cisco:*', 'cisco:asa', false],
    ['(?::){0}cisco:*', 'cisco:asa', true],
    ['(::){0}WinEventLog:*\\S+', 'WinEventLog:System', true],
    ['(?i)access_*', 'ACCESS_combined', true],
    ['rule::x', 'rule::x', false],
    ['delayedrule::x', 'delayedrule::x', false],
    ['default', 'default', false],
    ['__proto__', '__proto__', true],
  ])('[%s] is for the sourcetype %j: %j', (name, sourcetype, expected) => {
    expect(matches(name, { sourcetype })).toBe(expected);
  });

  it.each([
    ['source::(', 'a bracket is not closed'],
    ['source::a)', 'a bracket is not open'],
    ['source::[a', 'a square bracket is not closed'],
    ['source::[[:alpha:]]', 'it names a class of characters'],
    ['source::(?>a)', 'it is no regular expression, or uses what only PCRE has'],
    ['source::a++', 'it is no regular expression, or uses what only PCRE has'],
    ['source::\\Qa', 'it has \\Q, which is not known here; a backslash is written \\\\'],
    ['source::a\\lb', 'it has \\l, which is not known here; a backslash is written \\\\'],
    ['source::a********b', 'it holds a secret, which is masked'],
    [`source::*${'x'.repeat(5000)}`, 'it is longer than 4096 characters'],
  ])('[%s] is told to be unread: %s', (name, why) => {
    const { matches: found, unread } = matcherOf(`[${name}]\n`, { source: 'a' });
    expect({ found, unread }).toEqual({ found: [], unread: [{ stanza: name, why }] });
  });

  it('are found whatever their names are: what cannot be read is told, and what is written alike matches', () => {
    const piece = fc.constantFrom(
      ...['...', '*', '.', '\\', '\\d', '(', ')', '(?i)', '(?:', '(?<!', '[', ']', '[^a]'],
      ...'{2}|+?^$-aB/é',
    );
    const text = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, (name, source) => {
        const stanza = `[source::${name}]\n`;
        const { matches: found, unread } = matcherOf(stanza, { source });
        expect(found.length + unread.length).toBeLessThanOrEqual(1);
        if (!name.startsWith('(?i)')) expect(matcherOf(stanza, { source: name }).matches).toHaveLength(1);
      }),
      { numRuns: 3000 },
    );
  });

  it('are tried in pieces, and one at which it was stopped can be left out', () => {
    const text = Array.from({ length: 40 }, (_, i) => `[source::${i}*]\n`).join('');
    const matcher = new EventMatcher(merged(text), { ...NOTHING, source: '39' });
    expect(matcher.run(() => true)).toBe(false);
    matcher.giveUp('of whatever');
    expect(matcher.run()).toBe(true);
    expect(matcher.unread).toEqual([{ stanza: 'source::1*', why: 'of whatever' }]);
    expect(matcher.matches.map(({ stanza }) => stanza.name)).toEqual(['source::3*', 'source::39*']);
  });
});

describe('what props.conf comes to for an event', () => {
  const TEXT = [
    '[default]\nCHARSET = UTF-8\nTRUNCATE = 1\n',
    '[st]\nEXTRACT-a = st\nTRUNCATE = 2\nSHOULD_LINEMERGE = 0\n',
    '[host::h]\nTRUNCATE = 3\nTZ = UTC\n',
    '[source::s]\nTRUNCATE = 4\nsourcetype = st\n',
  ].join('');

  it('has the settings of all its stanzas, and of [default] what none of them sets', () => {
    expect(propsFor(TEXT, { source: 's', host: 'H', sourcetype: 'st' })).toEqual([
      '[default] CHARSET = UTF-8',
      '[st] EXTRACT-a = st',
      '[st] SHOULD_LINEMERGE = 0',
      '[source::s] TRUNCATE = 4',
      '[host::h] TZ = UTC',
      '[source::s] sourcetype = st',
    ]);
    expect(propsFor(TEXT, { sourcetype: 'other' })).toEqual(['[default] CHARSET = UTF-8', '[default] TRUNCATE = 1']);
  });

  it('says what each value beats, and where that stands', () => {
    const conf = effectiveConf(
      etcOf({ [LOCAL]: TEXT, 'etc/apps/a/local/props.conf': '[source::s]\nTRUNCATE = 9\nTRUNCATE = 8\n' }),
      'props',
    );
    const matcher = new EventMatcher(conf, { source: 's', host: 'h', sourcetype: 'st' });
    matcher.run();
    const stanza = propsOfEvent(conf, decideEvent(matcher.matches).ranked);
    expect(stanza.beaten('TRUNCATE').map(({ stanza: name, value, by }) => [name, value, by])).toEqual([
      ['source::s', '8', 'higher-layer'],
      ['source::s', '9', 'higher-layer'],
      ['host::h', '3', 'other-stanza'],
      ['st', '2', 'other-stanza'],
      ['default', '1', 'other-stanza'],
    ]);
  });

  it('gives the event the sourcetype that its source says, and no other stanza', () => {
    const text =
      '[source::...]\nsourcetype = low\n[source::s]\nsourcetype = st\n[host::h]\nsourcetype = no\n[x]\nsourcetype = y\n';
    expect(decisionOf(text, { source: 's', host: 'h', sourcetype: 'x' }).given).toEqual({
      sourcetype: 'st',
      stanza: 'source::s',
    });
    expect(decisionOf(text, { source: 't', host: 'h' }).given).toEqual({
      sourcetype: 'low',
      stanza: 'source::...',
    });
    expect(decisionOf(text, { host: 'h', sourcetype: 'x' }).given).toBeNull();
  });

  it('is renamed by its sourcetype alone', () => {
    const text = '[source::s]\nrename = no\n[a]\nrename = b\n[c]\nrename =\n';
    expect(decisionOf(text, { source: 's', sourcetype: 'a' }).renamed).toEqual({ sourcetype: 'b', stanza: 'a' });
    expect(decisionOf(text, { source: 's', sourcetype: 'c' }).renamed).toBeNull();
    expect(decisionOf('[x]\nrename = x\n', { sourcetype: 'x' }).renamed).toBeNull();
  });

  it('has no sourcetype that is a mask', () => {
    expect(decisionOf('[source::s]\nsourcetype = ********\n', { source: 's' })).toMatchObject({
      given: null,
      unread: [{ stanza: 'source::s', why: 'its sourcetype holds a secret, which is masked' }],
    });
  });

  it('counts its settings as it makes them, also where its stanzas share keys', () => {
    const text = '[default]\na = 0\nz = 0\n[source::s*]\na = 1\nb = 1\nc = 1\n[source::s]\nb = 2\nd = 2\n';
    const conf = merged(text);
    const stanza = propsOfEvent(conf, ranked(text, { source: 's' }));
    expect([stanza.settingCount(), stanza.settings().map(({ key }) => key)]).toEqual([5, ['a', 'b', 'c', 'd', 'z']]);
  });
});
