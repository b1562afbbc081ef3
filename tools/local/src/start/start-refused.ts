/** A reason not to start that the user can do something about: shown as a sentence, without a stack. */
export class StartRefused extends Error {
  override name = 'StartRefused';
}
