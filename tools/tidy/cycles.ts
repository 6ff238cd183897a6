// Rule 4: no import cycles, and nobody inside a package imports that package's index.

import { importsOf, isRelative, resolveRelative } from './imports.ts';
import { baseName, isCode, type Problem, type Source, workspaceOf } from './source.ts';

type Graph = Map<string, string[]>;

export function cycles(sources: readonly Source[]): Problem[] {
  const graph: Graph = new Map();
  const problems: Problem[] = [];
  for (const source of sources.filter(isCode)) {
    const targets: string[] = [];
    for (const { specifier, line } of importsOf(source)) {
      if (!isRelative(specifier)) continue;
      const target = resolveRelative(source.path, specifier);
      targets.push(target);
      if (baseName(target) === 'index.ts' && workspaceOf(target) === workspaceOf(source.path)) {
        problems.push({
          path: source.path,
          line,
          text: `imports ${specifier} from inside its package: import the file`,
        });
      }
    }
    graph.set(source.path, targets);
  }
  const rings = components(graph).filter((files) => files.length > 1 || graph.get(files[0]!)?.includes(files[0]!));
  for (const files of rings) {
    const [path = '', ...others] = files.sort();
    problems.push({ path, line: 1, text: `is in an import cycle with ${others.join(', ') || 'itself'}` });
  }
  return problems;
}

/** The strongly connected components of `graph` (Tarjan 1972). */
function components(graph: Graph): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (node: string) => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node)!, low.get(next)!));
    }
    if (low.get(node) === order.get(node)) found.push(stack.splice(stack.indexOf(node)));
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}
