import { type ChangeEvent, useState } from "react";

type Field = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type TextOf<T> = { [K in keyof T]: T[K] extends string ? K : never }[keyof T];

/**
 * What is typed into a form. It begins with what stands when the form is opened, and the form is there only while it is open: one
 * that stayed would begin the next time with what stood before it was saved.
 */
export function useFields<T extends object>(before: T) {
  const [typed, setTyped] = useState(before);
  const type = (part: Partial<T>) => setTyped((now) => ({ ...now, ...part }));
  /** Of a field of text. */
  const text = (name: TextOf<T>) => ({
    value: typed[name] as string,
    onChange: (event: ChangeEvent<Field>) => type({ [name]: event.currentTarget.value } as Partial<T>),
  });
  return { typed, type, text };
}
