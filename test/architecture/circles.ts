/**
 * Circles of files that import each other, by whatever way: each as the files on it, the first one again at its end. Empty
 * means that there is none. A type counts: whoever reads one of two such files has to read the other. One circle is told
 * of each knot, which is enough to find it.
 */
export function circles(imported: ReadonlyMap<string, readonly string[]>): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (file: string, path: string[]): void => {
    const at = path.indexOf(file);
    if (at >= 0) void found.push([...path.slice(at), file]);
    if (at >= 0 || done.has(file)) return;
    for (const next of imported.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of imported.keys()) visit(file, []);
  return found;
}
