import { Database } from '@confscope/persistence';
import { createTestDatabase, ownRedis, type TestDatabase } from '@confscope/testing';
import { runOfTree } from '../testing/run-of-tree.ts';
import { type RunningService, startBuiltService } from '../testing/running-service.ts';
import { parsingRun } from '../testing/sample-runs.ts';

interface Item {
  stanza: string;
  key: string | null;
  value: string | null;
  path: string;
  line: number;
  for_app: string | null;
  beats: { value: string; path: string; line: number; by: string }[];
}
interface Effective {
  context: string;
  items: Item[];
  next_cursor: string | null;
  total: number;
  sightings?: unknown[];
}

const ETC = {
  'etc/system/default/props.conf': 'TRUNCATE = 10000\n[web]\nKV_MODE = auto\n',
  'etc/system/local/props.conf': '[web]\nKV_MODE =\n',
  'etc/apps/B/local/props.conf': '[web]\nSHOULD_LINEMERGE = false\nSHOULD_LINEMERGE = true\n[B]\n',
  'etc/apps/a/default/props.conf': '[web]\nSHOULD_LINEMERGE = 0\nEVAL-x = "one" \\\n  . "two"\n',
  'etc/apps/a/default/app.conf': '[ui]\nlabel = App A\n[launcher]\nversion = 1.2\n[package]\nid = a\n',
  'etc/apps/B/metadata/default.meta': '[props/web]\nexport = system\n',
  'etc/apps/off/local/app.conf': '[install]\nstate = disabled\n[ui]\nlabel = Off\n',
  'etc/apps/off/local/props.conf': '[web]\nKV_MODE = none\n',
  'etc/apps/a/README/inputs.conf.spec': '[mod://<name>]\n',
  'etc/apps/a/local/inputs.conf': '[mod://one]\npassword = secret\n[script://./bin/x.sh]\n',
  'etc/system/local/inputs.conf': '[default]\nhost = h1\n[mod]\ninterval = 60\n',
  'etc/users/ann/a/local/props.conf': '[web]\nKV_MODE = json\n',
  'etc/deployment-apps/d/local/props.conf': '[for clients]\nk = v\n',
  'etc/deployment-apps/d/bin/x.conf': 'not read\n',
  'etc/apps/B/default.old.1/props.conf': 'not read\n',
  'etc/apps/B/local/broken.conf': '[open\njunk\n',
};

describe('what a run comes to, over HTTP', () => {
  let place: TestDatabase;
  let database: Database;
  let redis: Awaited<ReturnType<typeof ownRedis>>;
  let service: RunningService;
  let etc: string;
  let several: string;
  let parsing: string;

  beforeAll(async () => {
    [place, redis] = await Promise.all([createTestDatabase(), ownRedis()]);
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    etc = `/v1/runs/${(await runOfTree(database, ETC)).id}`;
    const twoHosts = {
      'h1/etc/system/local/props.conf': '[h]\nk = 1\n',
      'h2/etc/deployment-apps/x/local/props.conf': '[h]\nk = 2\n',
      'h2/etc/manager-apps/x/local/props.conf': '[h]\nk = 3\n',
    };
    several = `/v1/runs/${(await runOfTree(database, twoHosts)).id}`;
    parsing = `/v1/runs/${(await parsingRun(database)).id}`;
    service = await startBuiltService({ DATABASE_URL: place.url, REDIS_URL: redis.server.url });
  });
  afterAll(async () => {
    await service.stop();
    await database.close();
    await Promise.all([place.drop(), redis.remove()]);
  });

  const effective = async (path: string): Promise<Effective> => {
    const answer = await service.get(path);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body as Effective;
  };
  const text = async (path: string): Promise<string> => {
    const answer = await service.get(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    return answer.body as string;
  };
  const inShort = ({ items }: Effective) => items.map(({ stanza, key, value }) => `[${stanza}] ${key} = ${value}`);

  it.each(['x'.repeat(250), `${'é'.repeat(120)} ${'x'.repeat(9)}`, 'é'.repeat(125)])(
    'takes a conf with the longest name that a file can have: %s',
    async (conf) => {
      const { id } = await runOfTree(database, { [`etc/apps/a/local/${conf}.conf`]: '[s]\nk = 1\n' });
      for (const name of [conf, `${conf}.conf`]) {
        const answer = await effective(`/v1/runs/${id}/effective/${encodeURIComponent(name)}`);
        expect(inShort(answer)).toEqual(['[s] k = 1']);
      }
    },
  );

  it('says what wins, where it stands, and all that it beats', async () => {
    const { items, total, context } = await effective(`${etc}/effective/props?stanza=web&key=SHOULD_LINEMERGE`);
    expect([total, context]).toEqual([1, 'global']);
    expect(items[0]).toEqual({
      stanza: 'web',
      key: 'SHOULD_LINEMERGE',
      value: 'true',
      masked: false,
      path: 'etc/apps/B/local/props.conf',
      line: 3,
      end_line: 3,
      app: 'B',
      scope: 'app',
      layer: 'local',
      user: null,
      rank: 1,
      block: 'apps-local',
      inherited_from: null,
      inherited_by: null,
      for_app: null,
      beats: [
        expect.objectContaining({ value: 'false', path: 'etc/apps/B/local/props.conf', line: 2, by: 'later-line' }),
        {
          ...{ value: '0', path: 'etc/apps/a/default/props.conf', line: 2, stanza: 'web', by: 'higher-layer' },
          ...{ app: 'a', scope: 'app', layer: 'default', user: null, rank: 2, block: 'apps-default' },
        },
      ],
    });
    const empty = await effective(`${etc}/effective/props.conf?stanza=web&key=KV_MODE`);
    expect(empty.items).toMatchObject([{ value: '', beats: [{ value: 'auto' }] }]);
  });

  it('shows what is inherited, or only what stanzas set themselves', async () => {
    expect(inShort(await effective(`${etc}/effective/props?prefix=B`))).toEqual(['[B] TRUNCATE = 10000']);
    const inherited = await effective(`${etc}/effective/props?stanza=B`);
    expect(inherited.items).toMatchObject([
      { inherited_from: 'default', inherited_by: 'merge', path: 'etc/system/default/props.conf', line: 1 },
    ]);
    const own = await effective(`${etc}/effective/props?stanza=B&own=true`);
    expect(own.items).toMatchObject([{ key: null, value: null, path: 'etc/apps/B/local/props.conf', line: 4 }]);
  });

  it('shows what Splunk takes from stanzas by their names when it is asked to, and says that btool does not', async () => {
    const files = {
      'etc/system/default/outputs.conf': '[default]\nuseACK = 1\n[tcpout]\ncompressed = 0\nuseACK = 0\n',
      'etc/system/local/outputs.conf': '[tcpout:east]\nserver = h:9997\n',
    };
    const group = `/v1/runs/${(await runOfTree(database, files)).id}/effective/outputs?stanza=tcpout:east`;
    expect(inShort(await effective(group))).toEqual(['[tcpout:east] server = h:9997', '[tcpout:east] useACK = 1']);
    const { items, total } = await effective(`${group}&inherit=true`);
    expect(total).toBe(3);
    expect(items).toMatchObject([
      { key: 'compressed', value: '0', inherited_from: 'tcpout', inherited_by: 'consumer', line: 4 },
      { key: 'server', inherited_from: null, inherited_by: null },
      {
        key: 'useACK',
        value: '0',
        inherited_by: 'consumer',
        beats: [{ value: '1', stanza: 'default', by: 'own-setting' }],
      },
    ]);
    // All stanzas, merged with it and without, are kept apart.
    const all = group.split('?')[0] ?? '';
    expect((await effective(`${all}?inherit=true`)).total).toBe((await effective(all)).total + 1);
    expect((await service.get(`${group}&inherit=true&format=btool`)).body).toMatchObject({
      detail: 'inherit has no meaning with format=btool, which shows what btool does.',
    });
  });

  it('answers for an app and a user, and tells what they do not see', async () => {
    const a = await effective(`${etc}/effective/props?app=a&user=ann&stanza=web`);
    expect(a.context).toBe('app');
    expect(inShort(a)).toEqual([
      '[web] EVAL-x = "one" \n  . "two"',
      '[web] KV_MODE = json',
      '[web] SHOULD_LINEMERGE = 0',
      '[web] TRUNCATE = 10000',
    ]);
    expect(a.sightings).toMatchObject([
      { path: 'etc/users/ann/a/local/props.conf', seen: true, rank: 0, reason: null },
      { path: 'etc/apps/a/default/props.conf', seen: true },
      { path: 'etc/apps/B/local/props.conf', seen: true },
      { path: 'etc/system/local/props.conf', seen: true },
      { path: 'etc/system/default/props.conf', seen: true },
      { path: 'etc/apps/off/local/props.conf', seen: false, reason: 'disabled-app' },
    ]);
    expect(inShort(await effective(`${etc}/effective/props?context=app&app=a&stanza=web&key=KV_MODE`))).toEqual([
      '[web] KV_MODE = ',
    ]);
  });

  it('prints what btool prints', async () => {
    const lines = [
      ['apps/B/local', '[B]'],
      ['system/default', 'TRUNCATE = 10000'],
      ['system/default', '[default]'],
      ['system/default', 'TRUNCATE = 10000'],
      ['system/local', '[web]'],
      ['apps/a/default', 'EVAL-x = "one" \n  . "two"'],
      ['system/local', 'KV_MODE = '],
      ['apps/B/local', 'SHOULD_LINEMERGE = true'],
      ['system/default', 'TRUNCATE = 10000'],
    ] as const;
    const printed = lines.map(([at, line]) => `${`/opt/splunk/etc/${at}/props.conf`.padEnd(42)}${line}\n`);
    expect(await text(`${etc}/effective/props?format=btool&debug=true`)).toBe(printed.join(''));
    expect(await text(`${etc}/effective/props?format=btool&prefix=B&own`)).toBe('[B]\n');
    expect(await text(`${etc}/effective/props?format=btool&stanza=B`)).toBe('[B]\nTRUNCATE = 10000\n');
    const home = encodeURIComponent('C:\\Splunk');
    expect(await text(`${etc}/effective/inputs?format=btool&debug=true&home=${home}&prefix=script`)).toBe(
      'C:\\Splunk\\etc\\apps\\a\\local\\inputs.conf [script://C:\\Splunk\\etc\\apps\\a\\bin\\x.sh]\nC:\\Splunk\\etc\\system\\local\\inputs.conf host = h1\n',
    );
  });

  it('knows the schemes of modular inputs, and no secret', async () => {
    expect(await text(`${etc}/effective/inputs?format=btool&prefix=mod`)).toBe(
      '[mod://one]\nhost = h1\ninterval = 60\npassword = ********\n',
    );
    const { items } = await effective(`${etc}/effective/inputs?key=password`);
    expect(items).toMatchObject([{ value: '********', masked: true, fingerprint: 'print' }]);
  });

  it('keeps what each app says of itself apart, though btool throws it together', async () => {
    const { items } = await effective(`${etc}/effective/app?key=label`);
    expect(items.map((item) => [item.for_app, item.value])).toEqual([['a', 'App A']]);
    expect(await text(`${etc}/effective/app?format=btool&prefix=ui`)).toBe('[ui]\nlabel = App A\n');
  });

  it('answers for those that the instance hands its apps out to', async () => {
    const clients = await effective(`${etc}/effective/props?target=clients`);
    expect(clients).toMatchObject({
      target: 'clients',
      items: [{ stanza: 'for clients', path: 'etc/deployment-apps/d/local/props.conf' }],
    });
    expect(await text(`${etc}/effective/props?target=clients&format=btool&debug=true`)).toContain(
      '/opt/splunk/etc/apps/d/local/props.conf k = v',
    );
    const peers = await effective(`${several}/effective/props?instance=h2/etc&target=peers`);
    expect(peers).toMatchObject({ context: 'peer', items: [{ value: '3' }] });
    expect(await effective(`${several}/effective/props?instance=h1/etc`)).toMatchObject({
      target: 'instance',
      items: [{ value: '1' }],
    });
  });

  it('pages, and does not send twice what never changes', async () => {
    const all = await effective(`${etc}/effective/props`);
    expect(all.total).toBe(all.items.length);
    const first = await service.get(`${etc}/effective/props?limit=4`);
    const { items, next_cursor } = first.body as Effective;
    expect(first.headers.get('link')).toContain('rel="next"');
    const rest = await effective(`${etc}/effective/props?limit=4&cursor=${next_cursor}`);
    expect([...items, ...rest.items]).toEqual(all.items);
    expect(rest.next_cursor).toBeNull();
    // What was merged for one page is shown to others meanwhile.
    const each = all.items.flatMap((_, at) =>
      ['', '&stanza=web', '&key=KV_MODE'].map((more) => ({
        at,
        path: `${etc}/effective/props?limit=1${more}&cursor=`,
      })),
    );
    const place = (at: number) => Buffer.from(JSON.stringify([at])).toString('base64url');
    const together = await Promise.all(each.map(({ at, path }) => effective(path + place(at))));
    const apart: Effective[] = [];
    for (const { at, path } of each) apart.push(await effective(path + place(at)));
    expect(together).toEqual(apart);
    for (const path of ['effective/props', 'effective/props?format=btool', 'apps', 'diagnostics']) {
      const tag = (await service.get(`${etc}/${path}`)).headers.get('etag') ?? '';
      expect(tag).toMatch(/^"[\w-]+"$/);
      expect(await service.get(`${etc}/${path}`, { 'if-none-match': tag })).toMatchObject({ status: 304, body: null });
    }
  });

  it.each([
    ['effective/props?context=x', 400, 'context must be one of global, app, peer.'],
    ['effective/props?context=app', 400, 'context=app needs app'],
    ['effective/props?context=global&app=a', 400, 'app has no meaning with context=global'],
    ['effective/props?format=btool&key=k', 400, 'key has no meaning with format=btool'],
    ['effective/props?user=ann', 400, 'user needs app'],
    ['effective/props?app=nope', 400, 'app must be one of B, a, d, off.'],
    ['effective/props?own=maybe', 400, 'own must be true or false.'],
    ['effective/props?format=xml', 400, 'format must be one of json, btool.'],
    ['effective/props?target=x', 400, 'target must be one of instance, clients, peers, members.'],
    [
      'effective/props?target=peers',
      400,
      'target must be one of instance, clients: there is no other configuration here.',
    ],
    ['effective/props?instance=nope', 400, 'instance must be one of etc.'],
    ['effective/props?cursor=x', 400, 'cursor must be the next_cursor'],
    ['effective/props?home=', 400, 'home must not be empty.'],
    ['effective/nope', 404, 'has no nope.conf; it has app, broken, inputs, props.'],
    ['effective/pro%00ps', 400, 'conf must be the name of a configuration, such as props.'],
    ['apps?instance=nope', 400, 'instance must be one of etc.'],
    ['diagnostics?severity=bad', 400, 'severity must be one of error, warning, info.'],
    ['diagnostics?code=bad', 400, 'code must be one of header-unclosed,'],
    ['diagnostics?code=conflicting-apps', 400, 'code must be one of header-unclosed,'],
  ])('says what is wrong with %s', async (path, status, detail) => {
    const answer = await service.get(`${etc}/${path}`);
    expect(answer).toMatchObject({ status, body: { status } });
    expect((answer.body as { detail: string }).detail).toContain(detail);
  });

  it('asks which instance or target is meant, and lists them', async () => {
    const answer = await service.get(`${several}/effective/props`);
    expect(answer).toMatchObject({
      status: 400,
      body: {
        detail: 'The upload holds several instances: name one. instance must be one of h1/etc, h2/etc.',
        errors: [{ field: 'instance' }],
      },
    });
    expect(await service.get(`${several}/effective/props?instance=h2/etc`)).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('target must be one of clients, peers') as string },
    });
  });

  it('counts an answer of millions and makes a page of it, and refuses to print it', async () => {
    const keys = Array.from({ length: 1500 }, (_, i) => `k${i} = v\n`).join('');
    const stanzas = Array.from({ length: 1500 }, (_, i) => `[s${i}]\nk7 = own\nz = 1\n`).join('');
    const { id } = await runOfTree(database, { 'etc/system/local/x.conf': `[default]\n${keys}${stanzas}` });
    const path = `/v1/runs/${id}/effective/x`;
    const printed = await service.get(`${path}?format=btool`);
    expect(printed).toMatchObject({ status: 422, body: { code: 'answer_too_large' } });
    expect((printed.body as { detail: string }).detail).toContain('Ask with stanza, prefix or own=true.');
    const all = await effective(`${path}?limit=1`);
    expect([all.total, inShort(all)]).toEqual([1500 + 1500 * 1501, ['[default] k0 = v']]);
    const place = (at: number) => Buffer.from(JSON.stringify([at])).toString('base64url');
    const between = await effective(`${path}?limit=3&cursor=${place(1500 + 1501 * 1499 + 1498)}`);
    expect(inShort(between)).toEqual(['[s999] k998 = v', '[s999] k999 = v', '[s999] z = 1']);
    expect(await effective(`${path}?stanza=s7`)).toMatchObject({ total: 1501 });
    expect(await effective(`${path}?own=true`)).toMatchObject({ total: 1500 + 2 * 1500 });
    expect(await effective(`${path}?key=z`)).toMatchObject({ total: 1500 });
    const seven = await effective(`${path}?key=k7&limit=2`);
    expect([seven.total, inShort(seven)]).toEqual([1501, ['[default] k7 = v', '[s0] k7 = own']]);
    expect(seven.items[1]?.beats).toMatchObject([{ value: 'v', stanza: 'default', by: 'own-setting' }]);
  });

  it.each(['', '&key=KV_MODE', '&own=true', '&app=a&user=ann', '&prefix=w'])(
    'comes to the same for a stanza as for all of them: %s',
    async (more) => {
      const all = await effective(`${etc}/effective/props?limit=500${more}`);
      for (const stanza of ['default', 'web', 'B'])
        expect((await effective(`${etc}/effective/props?limit=500&stanza=${stanza}${more}`)).items).toEqual(
          all.items.filter((item) => item.stanza === stanza),
        );
    },
  );

  it('does not answer for a run that is not complete', async () => {
    for (const path of ['effective/props', 'apps'])
      expect(await service.get(`${parsing}/${path}`)).toMatchObject({
        status: 409,
        body: { code: 'run_not_complete' },
      });
  });

  it('lists the apps with what they say of themselves and what they hold', async () => {
    const { body } = await service.get(`${etc}/apps`);
    const { items, total } = body as { items: { app: string }[]; total: number };
    expect([items.map(({ app }) => app), total]).toEqual([['d', 'B', 'a', 'off'], 4]);
    expect(items[2]).toEqual({
      ...{ app: 'a', instance: 'etc', target: 'instance', scope: 'app', disabled: false },
      ...{ label: 'App A', version: '1.2', package_id: 'a' },
      ...{ files: 3, stanzas: 6, settings: 6, user_files: 1, ignored_files: 0 },
    });
    expect(items[0]).toMatchObject({ target: 'clients', scope: 'deployment', files: 1, ignored_files: 1, label: null });
    expect((await service.get(`${etc}/apps?disabled=true`)).body).toMatchObject({
      items: [{ app: 'off', label: 'Off' }],
      total: 1,
    });
    expect((await service.get(`${etc}/apps?target=clients&app=d`)).body).toMatchObject({ total: 1 });
  });

  it('lists what was found in the files, and counts it, on the run too', async () => {
    const { body } = await service.get(`${etc}/diagnostics`);
    const counts = [
      { code: 'header-unclosed', severity: 'error', count: 1 },
      { code: 'junk-line', severity: 'error', count: 1 },
      { code: 'duplicate-key', severity: 'warning', count: 1 },
    ];
    expect(body).toMatchObject({
      items: [
        {
          code: 'header-unclosed',
          severity: 'error',
          path: 'etc/apps/B/local/broken.conf',
          line: 1,
          app: 'B',
          conf: 'broken',
        },
        { code: 'junk-line', line: 2 },
        { code: 'duplicate-key', path: 'etc/apps/B/local/props.conf', line: 3 },
      ],
      total: 3,
      counts,
    });
    expect((await service.get(etc)).body).toMatchObject({
      diagnostic_counts: counts,
      instances: [{ root: 'etc', kind: 'etc', targets: ['instance', 'clients'], left_out: [] }],
    });
    const ofProps = (await service.get(`${etc}/diagnostics?conf=props&app=B&severity=warning&code=duplicate-key`)).body;
    expect(ofProps).toMatchObject({ total: 1, counts: [{ code: 'duplicate-key', count: 1 }] });
    const first = (await service.get(`${etc}/diagnostics?limit=1`)).body as { next_cursor: string };
    const second = await service.get(`${etc}/diagnostics?limit=2&cursor=${first.next_cursor}`);
    expect(second.body).toMatchObject({ items: [{ code: 'junk-line' }, { code: 'duplicate-key' }], next_cursor: null });
  });

  it('lists ignored files with the reason and the target', async () => {
    const { body } = await service.get(`${etc}/files?kind=ignored`);
    expect(body).toMatchObject({
      items: [
        { path: 'etc/apps/B/default.old.1/props.conf', ignored_reason: 'backup-folder', target: 'instance', app: 'B' },
        { path: 'etc/deployment-apps/d/bin/x.conf', ignored_reason: 'not-in-default-or-local', target: 'clients' },
      ],
    });
  });

  it('reads the shape from the paths of a run that was parsed before shapes were kept', async () => {
    const old = await runOfTree(database, ETC);
    await database.rows('update runs set layout_id = null where id = $1', [old.id]);
    expect(inShort(await effective(`/v1/runs/${old.id}/effective/props?prefix=B`))).toEqual(['[B] TRUNCATE = 10000']);
  });
});
