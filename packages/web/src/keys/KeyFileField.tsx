/** Choosing a key file. */
import { useId } from 'react';
import styles from './Keys.module.css';

export function KeyFileField({ onFile }: { onFile(file: File | undefined): void }) {
  const id = useId();
  return (
    <div className={styles.file}>
      <label htmlFor={id}>Key file</label>
      <input
        id={id}
        type="file"
        accept=".pem,.key,application/x-pem-file"
        aria-describedby={`${id}-note`}
        onChange={(event) => onFile(event.target.files?.[0])}
      />
      <p id={`${id}-note`} className="meta">
        As parley keygen writes it, or as you saved it here
      </p>
    </div>
  );
}
