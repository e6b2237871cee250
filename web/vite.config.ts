import { fileURLToPath } from "node:url"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig } from "vite"

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: folder("."),
  base: "/",
  plugins: [svelte({ configFile: folder("svelte.config.js") })],
  build: {
    outDir: folder("../dist/web"),
    emptyOutDir: true,
    // RTCRtpScriptTransform and Ed25519 are the newest things the page needs: nothing older than these can run it.
    target: ["chrome141", "firefox129", "safari17"],
    // The content security policy allows no inline script and no data: font; files are also what an auditor can hash.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  worker: { format: "es" },
})
