import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** 藍: the deep indigo of a shop curtain; the one colour of action. */
const ai: MantineColorsTuple = [
  "#eef2f8",
  "#d9e1ee",
  "#b3c3dd",
  "#8aa3cb",
  "#6585b9",
  "#466aa5",
  "#2f548f",
  "#234478",
  "#1b3560",
  "#132747",
];
/** 朱: vermilion, kept for what cuts, denies or fails. */
const shu: MantineColorsTuple = [
  "#fdf0ec",
  "#f9dbd2",
  "#f0b4a4",
  "#e68c75",
  "#dd6a4e",
  "#c9482a",
  "#b93f20",
  "#a33619",
  "#7f2710",
  "#621c0a",
];

/** Night: the ink of the dark scheme, so that Mantine's own greys belong to it. */
const dark: MantineColorsTuple = [
  "#e9e6df",
  "#c5c8cf",
  "#a3a8b3",
  "#7d8492",
  "#434b5a",
  "#2d333f",
  "#151920",
  "#1a1e26",
  "#14171d",
  "#0f1116",
];

const sans =
  '"Hiragino Sans", "Hiragino Kaku Gothic ProN", "Yu Gothic UI", "Noto Sans CJK JP", "Noto Sans JP", Meiryo, system-ui, sans-serif';
const serif = '"Hiragino Mincho ProN", "Yu Mincho", "Noto Serif CJK JP", "Noto Serif JP", Georgia, serif';

export const theme = createTheme({
  primaryColor: "ai",
  primaryShade: { light: 7, dark: 5 },
  colors: { ai, shu, dark },
  fontFamily: sans,
  fontFamilyMonospace: '"SFMono-Regular", Menlo, Consolas, "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace',
  headings: { fontFamily: serif, fontWeight: "600" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "md" } },
    TextInput: { defaultProps: { size: "md" } },
    PasswordInput: { defaultProps: { size: "md" } },
    Textarea: { defaultProps: { size: "md" } },
    NativeSelect: { defaultProps: { size: "md" } },
    NumberInput: { defaultProps: { size: "md" } },
    // The ring of a field that has the focus covers no word above it.
    InputWrapper: { styles: { label: { marginBottom: "0.25rem" }, description: { marginBottom: "0.25rem" } } },
  },
});

/** Mantine's own surfaces follow the variables of `look.css`, so that both schemes are defined in one place. */
export const variables: CSSVariablesResolver = () => {
  const shared = {
    "--mantine-color-body": "var(--card)",
    "--mantine-color-text": "var(--ink)",
    "--mantine-color-dimmed": "var(--muted)",
    "--mantine-color-default": "var(--card)",
    "--mantine-color-default-border": "var(--line-strong)",
    "--mantine-color-default-color": "var(--ink)",
    "--mantine-color-default-hover": "var(--hover)",
    "--mantine-color-anchor": "var(--link)",
    "--mantine-color-placeholder": "var(--muted)",
    "--mantine-color-error": "var(--shu-text)",
  };
  return { variables: {}, light: shared, dark: shared };
};
