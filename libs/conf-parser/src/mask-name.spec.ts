import { maskName } from './mask-name.ts';

describe('the name of a stanza', () => {
  it.each([
    ['https://ann:hunter2@h', 'https://ann:********@h'],
    ['script://./bin/x.sh --password hunter2 --host h', 'script://./bin/x.sh --password ******** --host h'],
    ['script://./bin/x.sh --password=secret', 'script://./bin/x.sh --password=********'],
    ['script://./bin/x.sh -password secret', 'script://./bin/x.sh -password ********'],
    ['script://./bin/x.sh -p hunter2', 'script://./bin/x.sh -p ********'],
    ['script://./bin/x.sh -p ~Tr0ub4dor&3', 'script://./bin/x.sh -p ********'],
    ['script://./bin/x.sh -p .hunter2!', 'script://./bin/x.sh -p ********'],
    ['script://./bin/x.sh -p "~Tr0ub4dor"', 'script://./bin/x.sh -p "********"'],
    ['script://./bin/x.sh -p ..s3cret', 'script://./bin/x.sh -p ********'],
    ['script://./bin/x.sh -p /aB3dE5gH7==', 'script://./bin/x.sh -p ********'],
    ['script://./bin/x.sh -pHunter2 -x', 'script://./bin/x.sh -p******** -x'],
    ['script://./bin/x.sh -u ann:secret', 'script://./bin/x.sh -u ann:********'],
    ['script://./bin/x.sh --user "ann:secret" x', 'script://./bin/x.sh --user "ann:********" x'],
    ['y] token = canary [z', 'y] token = ********'],
    ['y] # password = Hunter2x ', 'y] # password = ********'],
    ['y]password=Hunter2x', 'y]password=********'],
    ['y] x = 1 password = Hunter2x', 'y] x = ********'],
    ['script://./bin/x.sh PGPASSWORD=hunter', 'script://./bin/x.sh PGPASSWORD=********'],
    ['rest://https://ghp_abcdefghij0123@h/x', 'rest://https://********@h/x'],
    ['y] pass4SymmKey = a[b]c', 'y] pass4SymmKey = ********'],
    ['powershell://x.ps1 -Password secret', 'powershell://x.ps1 -Password ********'],
  ])('is shown without its secrets: %s', (name, masked) => {
    expect(maskName(name)).toBe(masked);
    expect(maskName(masked)).toBe(masked);
  });

  it.each([
    'script://$SPLUNK_HOME/etc/apps/a/bin/x.sh',
    'script://./bin/x.sh -p 8089 -path /opt -port 9 -path=/x1',
    'script://./bin/x.sh -p /opt/acme -p ./x -p ../y/z.txt -p "~/a" -p . -p /opt -p /opt/',
    'script://./bin/x.sh -p tcp --password $PASSWORD -u ann',
    'monitor:///var/log/a -p hunter2',
    'credential:realm:user:',
    'collections/x] access = read : [ *',
    'role] tokens = 4 ',
    'x] password = true ',
    'x] password = ',
    'source::...-p x',
  ])('is shown as it is without any: %s', (name) => expect(maskName(name)).toBe(name));
});
