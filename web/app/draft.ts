import { useEffect, useState } from "react";

/**
 * What somebody types into a form, kept in this tab until it is sent: a reload, the back button or a sign-in that ended
 * in the middle loses none of it. Each person has their own, and signing out throws it away.
 */
const prefix = "genkan.draft.";

/** Like `useState`, for the draft of this name; the last one returned throws it away. */
export function useDraft<T>(person: string, name: string, empty: T): [T, (value: T) => void, () => void] {
  const key = `${prefix}${person}.${name}`;
  const [value, setValue] = useState<T>(() => read(key) ?? empty);
  const [touched, setTouched] = useState(false);
  useEffect(() => {
    if (touched) sessionStorage.setItem(key, JSON.stringify(value));
  }, [key, value, touched]);
  const change = (next: T) => {
    setTouched(true);
    setValue(next);
  };
  const drop = () => {
    setTouched(false);
    setValue(empty);
    sessionStorage.removeItem(key);
  };
  return [value, change, drop];
}

/** For whoever signs out: the next person at this computer finds nothing. */
export function dropDrafts(): void {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
}

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "") as T;
  } catch {
    return undefined;
  }
}
