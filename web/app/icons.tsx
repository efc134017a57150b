import type { ReactNode } from "react";

/** Line icons of one weight; always beside a word, so hidden from readers. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="22"
      height="22"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const icons = {
  people: (
    <Icon>
      <path d="M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.500 19a5.500 5.500 0 0 1 11 0M16 5.500a3 3 0 0 1 0 5.500M17 14.500a5.500 5.500 0 0 1 3.500 4.500" />
    </Icon>
  ),
  home: (
    <Icon>
      <path d="M3 7h18M5.500 7v13M18.500 7v13M3 20h18M10 20v-8h4v8" />
    </Icon>
  ),
  ask: (
    <Icon>
      <path d="M12 5v14M5 12h14" />
    </Icon>
  ),
  terminal: (
    <Icon>
      <path d="M4 5h16v14H4zM8 10l3 2.500L8 15M13 15h3" />
    </Icon>
  ),
  download: (
    <Icon>
      <path d="M12 4v11M7.500 10.500L12 15l4.500-4.500M4 19.500h16" />
    </Icon>
  ),
  inbox: (
    <Icon>
      <path d="M4 13l3-8h10l3 8v6H4zM4 13h5l1.500 2.500h3L15 13h5" />
    </Icon>
  ),
  pulse: (
    <Icon>
      <path d="M3 12h4l2.500-6 4 12 2.500-6h5" />
    </Icon>
  ),
  grant: (
    <Icon>
      <path d="M4 6h16v13H4zM4 10.500h16M8 4v4M16 4v4M8.500 15l2.200 2 4.500-4" />
    </Icon>
  ),
  lock: (
    <Icon>
      <path d="M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3M12 15v2" />
    </Icon>
  ),
  log: (
    <Icon>
      <path d="M6 4h12v16H6zM9 8.500h6M9 12h6M9 15.500h4" />
    </Icon>
  ),
  administration: (
    <Icon>
      <path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h7M15 17h5M15 5v4M9 10v4M13 15v4" />
    </Icon>
  ),
  agent: (
    <Icon>
      <path d="M4 5h16v5H4zM4 14h16v5H4zM7.500 7.500h.01M7.500 16.500h.01M12 10v4" />
    </Icon>
  ),
};
