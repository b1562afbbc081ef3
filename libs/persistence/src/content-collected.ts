/**
 * Content that an attempt looked up has been collected since. It happens to an attempt that was given up and goes on all
 * the same; whoever tries again finds what is there now.
 */
export class ContentCollected extends Error {
  override readonly name = 'ContentCollected';

  constructor(what: string) {
    super(`${what} that this attempt had looked up was collected meanwhile; another attempt will store it anew.`);
  }
}
