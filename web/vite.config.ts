import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Two pages, one per face; the authority serves them with a fresh nonce each time (see `portal.html`). */
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  plugins: [react()],
  build: {
    outDir: "../dist/web",
    emptyOutDir: true,
    // The content security policy admits neither inlined assets nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_500,
    rolldownOptions: { input: { portal: "portal.html", staff: "staff.html" } },
  },
});
