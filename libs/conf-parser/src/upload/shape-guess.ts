import { AnchorSigns, ancestorsOf, findAnchors } from './anchors.ts';
import { ownerIn } from './classify-path.ts';
import { mayCount } from './file-name.ts';
import type { Origin } from './origin.ts';
import { alone, inApp, inEtc, nameOf } from './place-in-upload.ts';
import { nameOfArchive } from './upload-shape.ts';

/**
 * Says whose a file is while an upload is still being read: from its path and what earlier paths gave away. For uploads
 * as people make them that is what {@link UploadShape} will say in the end, and a reader of a stream can go on at once; it
 * has to compare the two when it is through, because only the shape is right in every order.
 */
export class ShapeGuess {
  readonly #signs = new AnchorSigns();
  /** Names of the apps that lie in no `etc`, by folder. */
  readonly #apps = new Map<string, string>();

  constructor(private readonly archiveName = '') {}

  /** The likely origin of the next file; null for one that is no configuration by its name. */
  originOf(path: string): Origin | null {
    this.#signs.add(path);
    const etc = this.#signs.etcOf(path);
    if (etc !== null) return inEtc(path, etc);
    for (const folder of ancestorsOf(path).reverse()) {
      const app = this.#apps.get(folder);
      if (app !== undefined) return inApp(path, folder, app);
    }
    return this.#inNew(path);
  }

  #inNew(path: string): Origin | null {
    for (const folder of findAnchors([path]).apps) {
      const app = nameOf(folder) || nameOfArchive(this.archiveName);
      this.#apps.set(folder, app);
      return inApp(path, folder, app);
    }
    // A file that cannot count gives nothing away; it lies most likely where folders have the names of an `etc`.
    const folders = path.split('/').slice(0, -1);
    const at = mayCount(path) ? -1 : folders.findIndex((_, from) => ownerIn(folders.slice(from)) !== null);
    return at === -1 ? alone(path) : inEtc(path, folders.slice(0, at).join('/'));
  }
}
