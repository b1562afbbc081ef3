import { tarGzOf } from '@confscope/testing';

/** What an invented `etc` holds, to compare with. */
export interface ManyApps {
  archive: Buffer;
  files: number;
  stanzas: number;
  settings: number;
}

/** An `etc` of many apps, every file with a content of its own, large enough to be in work for a while. */
export async function manyApps(apps: number, stanzasPerFile: number, seed = 'a'): Promise<ManyApps> {
  const files = [];
  for (let app = 0; app < apps; app++)
    for (const conf of ['props', 'transforms', 'savedsearches']) {
      let content = '';
      for (let i = 0; i < stanzasPerFile; i++)
        content += `[${conf}:${seed}:${app}:${i}]\nsearch = index=main sourcetype=s${i} \\\n| stats count by host\ndisabled = 0\nKEY-${i} = value ${app} ${i}\n\n`;
      files.push({ path: `etc/apps/app_${app}/default/${conf}.conf`, content });
    }
  const stanzas = files.length * stanzasPerFile;
  return { archive: await tarGzOf(files), files: files.length, stanzas, settings: stanzas * 3 };
}
