import Eye from 'lucide-react/icons/eye';
import EyeOff from 'lucide-react/icons/eye-off';
import { type ComponentPropsWithRef, type ReactNode, useId, useState } from 'react';
import { IconButton } from './Button.tsx';
import styles from './Field.module.css';

export interface FieldProps extends ComponentPropsWithRef<'input'> {
  label: string;
  /** Under the field: what belongs in it. */
  note?: ReactNode;
  /** Instead of the note: what is wrong with it. */
  error?: string | undefined;
  mono?: boolean | undefined;
}

/** A labelled line of text with a note or an error under it. */
export function Field({ label, note, error, mono, className = '', ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={`${styles.field} ${className}`}>
      <label htmlFor={id}>{label}</label>
      <input
        type="text"
        {...input}
        id={id}
        className={mono ? styles.mono : ''}
        aria-invalid={error ? true : undefined}
        aria-describedby={note || error ? `${id}-note` : undefined}
      />
      <Note id={`${id}-note`} note={note} error={error} />
    </div>
  );
}

/** A password with a button that shows it. */
export function PasswordField({ label, note, error, ...input }: FieldProps) {
  const id = useId();
  const [shown, setShown] = useState(false);
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <span className={styles.password}>
        <input
          {...input}
          id={id}
          type={shown ? 'text' : 'password'}
          aria-invalid={error ? true : undefined}
          aria-describedby={note || error ? `${id}-note` : undefined}
        />
        <IconButton
          label={shown ? `Hide ${label.toLowerCase()}` : `Show ${label.toLowerCase()}`}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff /> : <Eye />}
        </IconButton>
      </span>
      <Note id={`${id}-note`} note={note} error={error} />
    </div>
  );
}

function Note({ id, note, error }: { id: string; note: ReactNode; error: string | undefined }) {
  if (error)
    return (
      <p id={id} className={styles.error} role="alert">
        {error}
      </p>
    );
  return note ? (
    <p id={id} className="meta">
      {note}
    </p>
  ) : null;
}

/** An error that belongs to no field. */
export function FormError({ children }: { children: string | undefined }) {
  return children ? (
    <p className={styles.formError} role="alert">
      {children}
    </p>
  ) : null;
}

export interface ChecksProps<T extends string> {
  legend: string;
  isChecked(value: T): boolean;
  onChange(value: T, isChecked: boolean): void;
  options: readonly { value: T; label: string; note?: string }[];
}

export function Checks<T extends string>({ legend, isChecked, onChange, options }: ChecksProps<T>) {
  return (
    <fieldset className={styles.radios}>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="checkbox"
            checked={isChecked(option.value)}
            onChange={(event) => onChange(option.value, event.currentTarget.checked)}
          />
          <span>
            <b>{option.label}</b> {option.note && <span className="meta">{option.note}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

export interface RadiosProps<T extends string> {
  legend: string;
  name: string;
  value: T;
  onChange(value: T): void;
  options: readonly { value: NoInfer<T>; label: string; note?: string }[];
}

export function Radios<T extends string>({ legend, name, value, onChange, options }: RadiosProps<T>) {
  return (
    <fieldset className={styles.radios}>
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>
            <b>{option.label}</b> {option.note && <span className="meta">{option.note}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
