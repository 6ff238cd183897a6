import type { ComponentPropsWithRef, ReactNode } from 'react';
import styles from './Button.module.css';

type Look = 'plain' | 'primary' | 'danger' | 'ghost';
const lookClass: Record<Look, string | undefined> = {
  plain: '',
  primary: styles.primary,
  danger: styles.danger,
  ghost: styles.ghost,
};

export interface ButtonProps extends ComponentPropsWithRef<'button'> {
  look?: Look | undefined;
  /** `sm`: in bars and rows. `big`: the one button of a form, full width. */
  size?: 'sm' | 'big' | undefined;
  /** The act is under way: keeps its width, refuses clicks, says so. */
  busy?: boolean | undefined;
}

export function Button({ look = 'plain', size, busy, className = '', children, ...rest }: ButtonProps) {
  const sizeClass = size ? styles[size] : '';
  return (
    <button
      type="button"
      {...rest}
      aria-busy={busy || undefined}
      aria-disabled={busy || rest['aria-disabled']}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
      className={`${styles.btn} ${lookClass[look]} ${sizeClass} ${className}`}
    >
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'aria-label'> {
  /** Name for screen readers and the tip. */
  label: string;
  /** The key that does the same, as `Ctrl ,`; shown in the tip. */
  keys?: string | undefined;
  /** The icon. */
  children: ReactNode;
}

/** A square with an icon; its label is the tip. */
export function IconButton({ label, keys, className = '', ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-label={label}
      data-tip={label}
      data-tip-keys={keys}
      className={`${styles.icon} ${className}`}
    />
  );
}

/** A text button inside a line of text or under a message. */
export function LinkButton({ className = '', ...rest }: ComponentPropsWithRef<'button'>) {
  return <button type="button" {...rest} className={`${styles.link} ${className}`} />;
}
