import { svelte } from "@sveltejs/vite-plugin-svelte"
import { defineConfig } from "vitest/config"

// Files that drive browsers and a media server: two at a time would disturb each other's timing on a small machine.
const serial = ["test/e2e/**/*.test.ts", "test/**/*.browser.test.ts"]
// Files that take minutes and have no time but their own come last, side by side: nobody's timers can suffer.
const long = ["test/**/*.long.test.ts"]

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [svelte({ configFile: "web/svelte.config.js" })],
        test: {
          name: "units",
          include: ["test/**/*.test.ts"],
          exclude: [...serial, ...long],
          // all cores: one of two is left idle otherwise
          maxWorkers: "100%",
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "browsers",
          include: serial,
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "long",
          include: long,
          maxWorkers: 2,
          testTimeout: 900_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
