/** What a server is called: by its name, or by the beginning of its key where it has none that counts. */
import type { ServerName } from '@parley/client';
import CircleDashed from 'lucide-react/icons/circle-dashed';
import Key from 'lucide-react/icons/key-round';
import styles from './ServerLabel.module.css';

/** @param marked says beside it whether the name is proven; where many stand together only the tip does */
export function ServerLabel(props: { server: ServerName; marked?: boolean; before?: string; className?: string }) {
  const { server, marked = false, before = '', className = '' } = props;
  const { name, label, verified } = server;
  return (
    <span className={`${styles.server} ${className}`} data-tip={verified ? undefined : aboutOf(server)}>
      <bdi>{`${before}${name ?? `${label}…`}`}</bdi>
      {marked && !verified && (
        <>
          {name === undefined ? <Key aria-hidden="true" /> : <CircleDashed aria-hidden="true" />}
          <span className="sr">{name === undefined ? 'by its key' : 'name not proven'}</span>
        </>
      )}
    </span>
  );
}

const aboutOf = ({ id, name }: ServerName): string =>
  name === undefined
    ? 'This server is known by its key alone: here is its beginning'
    : `Nothing proves this name. The key of the server begins with ${id.slice(0, 8)}`;
