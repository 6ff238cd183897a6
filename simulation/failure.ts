// What an error says, with everything that led to it.

export function describeFailure(error: unknown): string {
  const lines: string[] = [];
  for (let each = error; each !== undefined && lines.length < 10; each = each instanceof Error ? each.cause : undefined)
    lines.push(each instanceof Error ? each.message : String(each));
  return lines.join('\n');
}
