/** Whether somebody has touched this page since it last told the server so; a page that only watches keeps nobody signed in. */
let touched = true;

/** As little of a page's own object as is asked of it. */
const page = globalThis as { addEventListener?: (kind: string, heard: () => void, how: object) => void };
for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"])
  page.addEventListener?.(kind, touch, { capture: true, passive: true });

function touch(): void {
  touched = true;
}

/** Whether the next call is a person's act; asked once for each call, and then it takes another touch. */
export function takeTouch(): boolean {
  const was = touched;
  touched = false;
  return was;
}
