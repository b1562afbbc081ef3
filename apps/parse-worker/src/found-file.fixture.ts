import { UploadShape } from '@confscope/conf-parser';
import { chooseConf, type FoundFile, foundFile } from './conf-files.ts';
import { UploadSurvey } from './upload-survey.ts';

/** A conf file as a run finds it in an archive. */
export function foundAt(path: string, content: Buffer): FoundFile {
  const survey = new UploadSurvey('etc.tgz', UploadShape.of([path]));
  const choice = chooseConf({ path, bytes: content.length }, survey);
  const file = choice && foundFile({ choice, content }, survey);
  if (!file) throw new Error(`${path} is no configuration.`);
  return file;
}
