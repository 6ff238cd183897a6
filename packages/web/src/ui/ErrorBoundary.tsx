import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from './Button.tsx';
import styles from './ErrorBoundary.module.css';

interface Props {
  /** What failed, in the words of the screen: `This room`. */
  what: string;
  /** When it changes, the children get another chance. */
  resetKey?: string | undefined;
  children: ReactNode;
}

/** Keeps the rest of the app alive when one pane fails, and says so in it. */
export class ErrorBoundary extends Component<Props, { error: Error | undefined }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override componentDidUpdate(before: Props): void {
    if (before.resetKey !== this.props.resetKey && this.state.error) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const error: Error | undefined = this.state.error;
    if (!error) return this.props.children;
    return <Failure what={this.props.what} error={error} again={() => this.setState({ error: undefined })} />;
  }
}

function Failure({ what, error, again }: { what: string; error: Error; again(): void }) {
  return (
    <section className={styles.failure} role="alert">
      <h2>{what} stopped working</h2>
      <p>The rest of Parley goes on. What was sent is on the server; what waits to be sent is kept on this device.</p>
      <p className={styles.row}>
        <Button look="primary" onClick={again}>
          Show it again
        </Button>
        <Button onClick={() => location.reload()}>Reload the app</Button>
        <a href="#/">All rooms</a>
      </p>
      <details>
        <summary>What happened</summary>
        <pre>{`${error.name}: ${error.message}`}</pre>
      </details>
    </section>
  );
}
