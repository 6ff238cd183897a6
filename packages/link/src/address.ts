// Who the client is: the address of the socket or, behind proxies that the operator trusts, what those report.
import { isIP } from 'node:net';

/** An IPv4 address that came in over an IPv6 socket, in its usual form. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

/**
 * The client's address: from right to left through X-Forwarded-For as long as the reporter is trusted, so that a
 * client cannot put words in front. `forwardedFor` is the header's value, several headers joined by commas.
 */
export function clientAddress(
  socketAddress: string,
  forwardedFor: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  let address = plainAddress(socketAddress);
  const reported = forwardedFor?.split(',') ?? [];
  while (reported.length > 0 && isTrusted(address)) {
    const next = plainAddress(reported.pop()?.trim() ?? '');
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}
