/** The newest of a list by one of its instants, at most `count`. RFC 3339 instants in UTC sort as text. */
export function newest<T>(list: readonly T[], instant: (item: T) => string, count: number): T[] {
  return list.toSorted((a, b) => (instant(a) < instant(b) ? 1 : -1)).slice(0, count);
}
