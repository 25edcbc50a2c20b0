// The browser tests: a real Chromium, the real program, a real git checkout. What they need from outside:
//
//   PM_BIN          the program; target/debug/pm unless set
//   SCRIPTED_AGENT  the coding agent that does what a test says; target/debug/examples/scripted-agent unless set
//   CLAUDE_AGENT    Claude Code, for the one test of it; the one scripts/test installs unless set
//   CHROMIUM        the browser; Debian's unless set

import { defineConfig, devices } from "@playwright/test";
import { CHROMIUM } from "./support/chromium.js";
import { CLAUDE_AGENT } from "./support/claude.js";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.js",
  testIgnore: CLAUDE_AGENT ? [] : "claude.spec.js",
  outputDir: "../../test-results",
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  // A test that passes at the second attempt has found something; it is not hidden.
  retries: 0,
  // Each has a server, a browser and a command to run: more than the cores only makes all of them slow.
  workers: 2,
  // Not what is expected but the end of waiting: a machine under load is slow, not wrong.
  timeout: 60_000,
  expect: { timeout: 20_000 },
  reporter: process.env.CI ? [["list"]] : [["line"]],
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    launchOptions: CHROMIUM,
    // More of a failure with `--trace retain-on-failure`; recording it always would double the time.
    screenshot: "only-on-failure",
  },
});
