// Bugs that the simulator must catch. Each is a replacement in one file of the product, made while it is loaded: the
// product carries no flag. A pattern that does not stand there exactly once any more fails the test.

export interface Planted {
  /** From the root of the repository. */
  file: string;
  find: string;
  replace: string;
  /** What the failure says. */
  caughtBy: RegExp;
  /** Random runs of this kind, the story that crashes around every write, or plays; default `home`. */
  check?: 'home' | 'across' | 'hostile' | 'writes' | 'stories';
  /** The first seed that is tried: one that is known to catch it. */
  from?: number;
  /** Of `stories`: the file, without its ending. */
  stories?: string;
}
