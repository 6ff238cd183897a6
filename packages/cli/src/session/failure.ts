/** What goes wrong with a server, in words that say what to do. */
import { exits, Failure } from '../exit.ts';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNRESET: 'the connection was broken off',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

/** @param error what dialling rejected with */
export function unreachable(url: string, error: unknown): Failure {
  const reason = reasonOf(error);
  return new Failure(exits.network, 'unavailable', `cannot reach ${url}${reason ? `: ${reason}` : ''}`, {
    cause: error,
  });
}

function reasonOf(error: unknown): string | undefined {
  for (let each = error, depth = 0; each instanceof Error && depth < 5; each = each.cause, depth++) {
    const { code } = each as NodeJS.ErrnoException;
    if (code !== undefined && reasons[code]) return reasons[code];
    if (each instanceof AggregateError && each.errors.length > 0) return reasonOf(each.errors[0]);
  }
  return error instanceof Error ? error.message : undefined;
}

export function otherServer(url: string, before: string, now: string): Failure {
  const words = [
    `another server answers at ${url} than before (its key was ${before.slice(0, 8)}…, now it is ${now.slice(0, 8)}…)`,
    'nothing was sent to it',
    'if you know that the server was set up anew, sign in with: parley login NAME --trust-new-server',
  ];
  return new Failure(exits.identity, 'other-server', words.join('; '));
}
