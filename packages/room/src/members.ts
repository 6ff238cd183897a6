/** Who is in a room, counted by server too: which servers take part is asked for every entry, of thousands of members. */
import { type Role, serverOf } from '@parley/protocol';

export interface Member {
  role: Role;
  /** The seq of the join. */
  since: number;
  guest: boolean;
}

/** By user. Must be made empty: a Map takes its first entries before the counts exist. */
export class Members extends Map<string, Member> {
  readonly #byServer = new Map<string, number>();

  override set(user: string, member: Member): this {
    if (!this.has(user)) this.#count(user, 1);
    return super.set(user, member);
  }

  override delete(user: string): boolean {
    if (this.has(user)) this.#count(user, -1);
    return super.delete(user);
  }

  override clear(): void {
    this.#byServer.clear();
    super.clear();
  }

  /** Members of each server that has one. */
  get byServer(): ReadonlyMap<string, number> {
    return this.#byServer;
  }

  #count(user: string, by: number): void {
    const server = serverOf(user);
    const count = (this.#byServer.get(server) ?? 0) + by;
    if (count === 0) this.#byServer.delete(server);
    else this.#byServer.set(server, count);
  }
}
