/** Keys as `Ctrl K` in caps, one each. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span>
      {keys.split(' ').map((key) => (
        <kbd key={key}>{key}</kbd>
      ))}
    </span>
  );
}
