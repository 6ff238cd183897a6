import type { Client, Room } from '@parley/client';
import { usable, usageOf } from '@parley/client/command';
import { type RefObject, useEffect } from 'react';
import { useServices } from '../service/services.tsx';
import type { ComposerHandle } from './useWriting.ts';

/** While one may write here, the switcher finds the room's slash commands; what takes no words has an act of its own there. */
export function useOffers(client: Client, room: Room, composer: RefObject<ComposerHandle | null>): void {
  const { offers } = useServices();
  useEffect(
    () =>
      offers.make(() => {
        if (!composer.current) return [];
        const commands = usable(room.summary.get().view, client.me.get());
        return commands
          .filter((command) => command.arguments.length > 0)
          .map((command) => ({
            name: command.name,
            aliases: command.aliases,
            arguments: usageOf(command).split(' ').slice(1).join(' '),
            about: command.about,
            begin: () => composer.current?.begin(`/${command.name} `),
          }));
      }),
    [offers, client, room, composer],
  );
}
