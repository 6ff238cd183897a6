/** Links that lead to a key, as they become known while others are still being asked. */
import { Refusal } from '@parley/protocol';

export class Ways {
  readonly #known: string[] = [];
  readonly #watching = new Set<() => void>();
  #asked = 0;

  /** One link more is being asked. */
  ask(answer: Promise<boolean>, server: string): void {
    this.#asked += 1;
    const answered = (isFound: boolean): void => {
      this.#asked -= 1;
      if (isFound) this.#known.push(server);
      for (const look of [...this.#watching]) look();
    };
    answer.then(answered, () => answered(false));
  }

  /** Resolves with true as soon as one link leads there, with false when all have been asked and none does. */
  isAny(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#watch(() => {
      if (this.#known.length === 0 && this.#asked > 0) return false;
      resolve(this.#known.length > 0);
      return true;
    });
    return promise;
  }

  /**
   * Tries each link as it becomes known, `most` of them, and resolves with what the first that works comes to. Refuses
   * with `nobody-there` when none is left that could, or with `unavailable` when one of them may have worked.
   */
  first<T>(attempt: (server: string) => Promise<T>, most: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let next = 0;
    let underWay = 0;
    let isUnsure = false;
    let isDone = false;
    this.#watch(() => {
      if (isDone) return true;
      for (; next < Math.min(this.#known.length, most); next += 1) {
        underWay += 1;
        attempt(this.#known[next]!)
          .then((value) => {
            isDone = true;
            resolve(value);
          })
          .catch((error: unknown) => {
            isUnsure ||= !(error instanceof Refusal) || error.code !== 'nobody-there';
          })
          .finally(() => {
            underWay -= 1;
            for (const look of [...this.#watching]) look();
          });
      }
      if (underWay > 0 || (this.#asked > 0 && next < most)) return false;
      reject(new Refusal(isUnsure ? 'unavailable' : 'nobody-there'));
      return true;
    });
    return promise;
  }

  /** Looks now and whenever something has changed, until there is nothing to wait for any more. */
  #watch(look: () => boolean): void {
    const watch = (): void => {
      if (look()) this.#watching.delete(watch);
    };
    this.#watching.add(watch);
    watch();
  }
}
