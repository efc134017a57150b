import { MantineProvider } from "@mantine/core";
import "@mantine/core/styles.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import type { ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { I18nextProvider } from "react-i18next";
import { Announcements } from "./announce.tsx";
import { i18n, startLanguage } from "./language.ts";
import "./look.css";
import { makeQueryClient } from "./queries.ts";
import { theme, variables } from "./theme.ts";

/**
 * Mounts a face. Style elements that libraries make at run time carry the nonce of this very document, for
 * `style-src` admits no others.
 */
export function start(face: ReactNode): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
  setNonce(nonce);
  startLanguage();
  const root = document.querySelector("#page");
  if (!root) throw new Error("The page has no root element.");
  createRoot(root).render(
    <QueryClientProvider client={makeQueryClient()}>
      <I18nextProvider i18n={i18n}>
        <MantineProvider
          theme={theme}
          cssVariablesResolver={variables}
          defaultColorScheme="auto"
          getStyleNonce={() => nonce}
        >
          {face}
          <Announcements />
        </MantineProvider>
      </I18nextProvider>
    </QueryClientProvider>,
  );
}
