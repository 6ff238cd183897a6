/** The server cannot start, and one line says why and what to do. `main.ts` prints it without a stack and exits 2. */
export class StartError extends Error {
  constructor(line: string, options?: ErrorOptions) {
    super(line, options);
    this.name = 'StartError';
  }
}
