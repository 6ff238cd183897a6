import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { hostName, isLoopback } from '../address.ts';

/** The page loads from its own host and nothing else, and talks to nothing else [CSP Level 3]. `'self'` covers WebSockets. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const always: OutgoingHttpHeaders = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
const toTrustworthy: OutgoingHttpHeaders = { ...always, 'Cross-Origin-Opener-Policy': 'same-origin' };

/** On every answer, whatever it is. Over plain HTTP browsers ignore the opener policy and complain of it. */
export function securityHeaders(request: IncomingMessage): OutgoingHttpHeaders {
  return isTrustworthy(request) ? toTrustworthy : always;
}

/**
 * Whether the browser has the page from a trustworthy origin: over TLS, ours or a proxy's, or from its own machine
 * [Secure Contexts §3.1]. A proxy is believed whoever it is: to pretend changes one's own answer alone.
 */
function isTrustworthy({ headers, socket }: IncomingMessage): boolean {
  if ('encrypted' in socket || isLoopback(hostName(headers.host) ?? '')) return true;
  const { forwarded, 'x-forwarded-proto': proto } = headers;
  return /^https\b/i.test(String(proto ?? '')) || /\bproto="?https\b/i.test(forwarded ?? '');
}
