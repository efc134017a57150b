import { useEffect, useState } from "react";

/**
 * What somebody types into a form, kept in this tab until it is sent: a reload, the back button or a sign-in that ended
 * in the middle loses none of it. Each person has their own, and signing out throws it away.
 */
const prefix = "genkan.draft.";

/**
 * Like `useState`, for the draft of this name; the last one returned throws it away. Under another name it is another
 * draft: what was typed for one thing is never carried over to the next.
 */
export function useDraft<T>(person: string, name: string, empty: T): [T, (value: T) => void, () => void] {
  const key = `${prefix}${person}.${name}`;
  const [held, setHeld] = useState<{ key: string; value: T; touched: boolean }>(() => untouched(key, empty));
  const draft = held.key === key ? held : untouched(key, empty);
  if (draft !== held) setHeld(draft);
  useEffect(() => {
    if (draft.touched) sessionStorage.setItem(draft.key, JSON.stringify(draft.value));
  }, [draft]);
  const change = (value: T) => setHeld({ key, value, touched: true });
  const drop = () => {
    setHeld({ key, value: empty, touched: false });
    sessionStorage.removeItem(key);
  };
  return [draft.value, change, drop];
}

/** For whoever signs out: the next person at this computer finds nothing. */
export function dropDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}

function untouched<T>(key: string, empty: T): { key: string; value: T; touched: boolean } {
  return { key, value: read<T>(key) ?? empty, touched: false };
}

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "") as T;
  } catch {
    return undefined;
  }
}
