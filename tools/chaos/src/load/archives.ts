import { gzipSync } from 'node:zlib';
import { type ArchiveFile, tarGzOf, tarOf, zipFlag, zipOf } from '@confscope/testing';
import { Random } from '@confscope/random';

/** How large an archive is, or what is wrong with it. */
export type ArchiveShape = 'single' | 'tiny' | 'medium' | 'large' | 'huge' | BadShape;
export const BAD_SHAPES = ['cut-off', 'noise', 'gzipped-noise', 'nothing-in-it', 'encrypted', 'bomb'] as const;
export type BadShape = (typeof BAD_SHAPES)[number];

export interface ArchiveSpec {
  shape: ArchiveShape;
  seed: number;
  /** Other packings hold the same configuration in other bytes; single files and bad archives have but one. */
  packing: number;
}

/** An archive as it is sent, and what is known to be in it. */
export interface Archive {
  name: string;
  type: 'ds_etc' | 'instance_etc' | 'app_bundle' | 'single_conf';
  content: Buffer;
  /** Null when the upload is at fault and its run has to fail. */
  holds: { files: number; stanzas: number } | null;
}

/** Apps, conf files of each, and stanzas of each file. */
const SIZES = { tiny: [1, 3, 6], medium: [12, 5, 12], large: [70, 7, 18], huge: [330, 8, 20] } as const;
const CONFS = ['props', 'transforms', 'inputs', 'outputs', 'savedsearches', 'macros', 'eventtypes', 'tags'];
const KEYS = [
  'disabled',
  'index',
  'sourcetype',
  'TRANSFORMS-set',
  'REPORT-fields',
  'search',
  'cron_schedule',
  'TIME_FORMAT',
];

/** A value that must never leave the process that read it. */
export const SECRET = 'Ch4osM0nkeySecret';

/** Makes an archive; equal specs give equal bytes. */
export async function buildArchive({ shape, seed, packing }: ArchiveSpec, sizeFactor: number): Promise<Archive> {
  const random = new Random(seed);
  switch (shape) {
    case 'single':
      return {
        name: 'inputs.conf',
        type: 'single_conf',
        content: Buffer.from(confText(random, 'inputs', 8)),
        holds: { files: 1, stanzas: 8 },
      };
    case 'tiny':
    case 'medium':
    case 'large':
    case 'huge': {
      const [apps, confs, stanzas] = SIZES[shape];
      const count = shape === 'large' || shape === 'huge' ? Math.ceil(apps * sizeFactor) : apps;
      return goodArchive(random, packing, count, confs, stanzas);
    }
    case 'cut-off': {
      const { content } = await goodArchive(random, 0, 6, 4, 10);
      return bad('etc.tar.gz', content.subarray(0, Math.floor(content.length * 0.6)));
    }
    case 'noise':
      return bad('etc.tar.gz', noise(random, 20_000));
    case 'gzipped-noise':
      return bad('etc.tgz', gzipSync(noise(random, 20_000)));
    case 'nothing-in-it':
      return bad('etc.tar.gz', await tarGzOf([{ path: `etc/readme-${seed}.txt`, content: 'no configuration here' }]));
    case 'encrypted': {
      const content = confText(random, 'inputs', 3);
      return bad(
        'app.zip',
        zipOf([
          {
            path: 'app/default/inputs.conf',
            content,
            local: { flags: zipFlag.encrypted },
            central: { flags: zipFlag.encrypted },
          },
        ]),
      );
    }
    case 'bomb':
      return bad(
        'etc.tar.gz',
        gzipSync(await tarOf([{ path: 'etc/apps/a/default/props.conf', content: Buffer.alloc(48 * 2 ** 20, 35) }]), {
          level: 9,
        }),
      );
  }
}

async function goodArchive(
  random: Random,
  packing: number,
  apps: number,
  confs: number,
  stanzas: number,
): Promise<Archive> {
  const files: ArchiveFile[] = [{ path: 'packed.txt', content: `packed for the ${packing + 1}. time\n` }];
  let confFiles = 0;
  let confStanzas = 0;
  const add = (path: string, content: string, count: number) => {
    files.push({ path, content });
    confFiles++;
    confStanzas += count;
  };
  const zipped = random.chance(0.2);
  const top = zipped ? '' : 'etc/';
  for (let app = 0; app < apps; app++) {
    const folder = `${top}${random.chance(0.3) ? 'deployment-apps' : 'apps'}/app_${app}_${random.int(0, 9999)}`;
    for (const conf of random.shuffled(CONFS).slice(0, confs)) {
      const layer = random.chance(0.3) ? 'local' : 'default';
      add(`${folder}/${layer}/${conf}.conf`, confText(random, conf, stanzas), stanzas);
    }
    add(
      `${folder}/metadata/default.meta`,
      `[]\naccess = read : [ * ], write : [ admin_${random.int(0, 1e9)} ]\nexport = system\n`,
      1,
    );
    files.push({ path: `${folder}/bin/run.py`, content: `print(${app})\n` });
  }
  const content = zipped ? zipOf(files) : await tarGzOf(files);
  return {
    name: zipped ? 'etc.zip' : 'etc.tar.gz',
    type: apps > 1 ? random.pick(['ds_etc', 'instance_etc'] as const) : 'app_bundle',
    content,
    holds: { files: confFiles, stanzas: confStanzas },
  };
}

function confText(random: Random, conf: string, stanzas: number): string {
  let text = `# ${conf} of this app\n`;
  for (let i = 0; i < stanzas; i++) {
    text += `\n[${conf}:${i}:${random.int(0, 1e9).toString(36)}]\n`;
    for (const key of KEYS.slice(0, random.int(2, 5))) text += `${key} = value ${random.int(0, 1e6)}\n`;
    if (random.chance(0.2)) text += `search = index=main \\\n| stats count by host \\\n| where count > ${i}\n`;
    if (random.chance(0.05)) text += `password = ${SECRET}${i}\n`;
  }
  return text;
}

const bad = (name: string, content: Buffer): Archive => ({ name, type: 'ds_etc', content, holds: null });

const noise = (random: Random, bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, () => random.int(0, 255)));
