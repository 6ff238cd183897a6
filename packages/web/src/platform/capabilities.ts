/** What this page may do here. Over plain HTTP off localhost browsers withhold a good deal; the app says so. */
export interface Capabilities {
  /** Over HTTPS or on this machine. */
  secure: boolean;
  /** Bytes between browser and server are protected by TLS. */
  tls: boolean;
  /** The server runs on this machine. */
  local: boolean;
  /** The app opens without a network. */
  offline: boolean;
}

export function capabilities(): Capabilities {
  const { protocol, hostname } = location;
  return {
    secure: isSecureContext,
    tls: protocol === 'https:',
    local: /^(localhost|127(\.\d+){3}|\[::1\]|.*\.localhost)$/.test(hostname),
    offline: isSecureContext && 'serviceWorker' in navigator,
  };
}
