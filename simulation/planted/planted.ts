// Bugs that the simulator must catch. Each is a replacement in one file of the product, made while it is loaded: the
// product carries no flag. A pattern that does not stand there exactly once any more fails the test.

export interface Planted {
  /** From the root of the repository. */
  file: string;
  find: string;
  replace: string;
  /** What the failure says. */
  caughtBy: RegExp;
  /** Random runs, or the story that crashes around every write. */
  check?: 'runs' | 'writes';
}
