/** The command was called in a way that cannot work. The message names the input and the remedy. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}
