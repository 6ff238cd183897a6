/** What the open room can begin to write for somebody: its slash commands, for the switcher. */

export interface Offer {
  /** As `mute`; what it is found by, with the aliases. */
  name: string;
  aliases: readonly string[];
  /** As `PERSON [DURATION]`. */
  arguments: string;
  /** One sentence. */
  about: string;
  /** Puts it where one writes, with the caret after it. */
  begin(): void;
}

export interface Offers {
  /** `list` is asked when it is wanted. Returns what takes it away. */
  make(list: () => readonly Offer[]): () => void;
  list(): readonly Offer[];
}

export function createOffers(): Offers {
  let present: (() => readonly Offer[]) | undefined;
  return {
    make(list) {
      present = list;
      return () => {
        if (present === list) present = undefined;
      };
    },
    list: () => present?.() ?? [],
  };
}
