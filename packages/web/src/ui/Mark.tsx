/** The mark: a P and a flag of truce. */
export function Mark({ className }: { className?: string | undefined }) {
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" className={className} aria-hidden="true">
      <rect x="3" y="1" width="3" height="14" rx="1.5" />
      <path d="M7 2.5C7 1.7 7.7 1 8.5 1 11.5 1 14 3.2 14 6s-2.5 5-5.5 5C7.7 11 7 10.3 7 9.5z" />
    </svg>
  );
}

export function WordMark({ className }: { className?: string | undefined }) {
  return (
    <svg viewBox="3 0 117 40" className={className} role="img" aria-label="Parley">
      <g fill="currentColor" transform="translate(2.5 0)">
        <rect x="2" y="4" width="6" height="28" rx="3" />
        <path d="M10 7c0-1.7 1.3-3 3-3 6 0 11 4.4 11 10s-5 10-11 10c-1.7 0-3-1.3-3-3z" />
      </g>
      <g fill="none" stroke="currentColor" strokeWidth="4" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="38.5" cy="22" r="8" />
        <path d="M46.5 14v16M55.5 30V14m0 8c0-4.8 2.8-8 7-8M71 4v26M79 22h16a8 8 0 1 0-2.6 5.900M101.5 14l7.3 16M116 14l-9.1 20.5" />
      </g>
    </svg>
  );
}
