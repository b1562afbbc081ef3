import type { StanzaRow } from '@confscope/persistence';
import { viewStanza } from './view-stanza.ts';

const STANZA: StanzaRow = {
  n: 7,
  name: 'tcp://:9997',
  line: 3,
  header_lines: [3, 9],
  settings: [],
  path: 'etc/users/ada/search/local/inputs.conf',
  kind: 'conf',
  conf: 'inputs',
  app: 'search',
  scope: 'user',
  layer: 'local',
  owner: 'ada',
};

describe('a stanza as the API shows it', () => {
  it('says where it stands and whose it is', () => {
    const { owner, ...rest } = STANZA;
    expect(viewStanza(STANZA)).toEqual({ ...rest, user: owner });
  });

  it('has settings in the order of the file, each written out in full', () => {
    const settings = [['z', '1', 4, 5] as const, ['a', '', 6, 6, { o: [['old', 5] as const] }] as const];
    expect(viewStanza({ ...STANZA, settings }).settings).toEqual([
      { key: 'z', value: '1', line: 4, end_line: 5, overwritten: [], masked: false },
      { key: 'a', value: '', line: 6, end_line: 6, overwritten: [{ value: 'old', line: 5 }], masked: false },
    ]);
  });

  it('shows of a secret its mask and its fingerprint', () => {
    const settings = [['password', '********', 4, 4, { f: 'abc' }] as const];
    expect(viewStanza({ ...STANZA, settings }).settings).toEqual([
      {
        key: 'password',
        value: '********',
        line: 4,
        end_line: 4,
        overwritten: [],
        masked: true,
        fingerprint: 'abc',
      },
    ]);
  });
});
