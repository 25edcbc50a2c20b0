// What a browser test starts with. `server` runs in an empty folder; `launch` starts one elsewhere or with other
// settings; `shop` is a project on a checkout whose tests are in the test's hands.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "@playwright/test";
import { BrowserErrors } from "./browser-errors.js";
import { Checks, makeCheckout } from "./checkout.js";
import { Desk } from "./desk.js";
import { Proxy } from "./proxy.js";
import { Server } from "./server.js";

export { expect } from "@playwright/test";

/** @typedef {((options?: { cwd?: string, settings?: Record<string, string> }) => Promise<Server>) & { servers: Server[] }} Launch */
/**
 * @typedef {{ folder: string, launch: Launch, server: Server, front: Proxy, checkout: (name: string, files?: Record<string, string>) => string,
 *   checked: (name: string, files?: Record<string, string>) => { path: string, checks: Checks },
 *   shop: { id: string, checks: Checks, path: string }, browserErrors: BrowserErrors, desk: Desk }} Own
 * @typedef {import("@playwright/test").PlaywrightTestArgs & import("@playwright/test").PlaywrightTestOptions} Usual
 * @typedef {Usual & Own} All
 * @typedef {import("@playwright/test").PlaywrightWorkerArgs & import("@playwright/test").PlaywrightWorkerOptions} UsualOfWorker
 */

/** @type {import("@playwright/test").Fixtures<Own, {}, Usual, UsualOfWorker>} */
const fixtures = {
  /** A temporary folder that goes away with the test. */
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "pm-e2e-"));
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },

  /**
   * Gone before the servers are stopped, for which `launch` is named: one that stops gives open connections up to a second. The
   * pages go first, because Chromium answers that a context is closed before its connections are.
   */
  context: async ({ launch: _, context }, use) => {
    await use(context);
    await Promise.all(context.pages().map((page) => page.close()));
  },

  /** Starts a server: `launch({ cwd, settings })`. All are stopped at the end, and their logs kept if the test failed. */
  launch: async ({ folder }, use, testInfo) => {
    /** @type {Server[]} */
    const servers = [];
    const launch = /** @type {Launch} */ (async ({ cwd = join(folder, "elsewhere"), settings = {} } = {}) => {
      mkdirSync(cwd, { recursive: true });
      const server = new Server({ data: join(folder, `data-${servers.length}`), cwd, settings });
      servers.push(server);
      return server.start();
    });
    launch.servers = servers;
    await use(launch);
    const ends = await Promise.allSettled(servers.map((server) => server.stop()));
    if (testInfo.status !== testInfo.expectedStatus) {
      for (const server of servers) await testInfo.attach("server.log", { body: server.log, contentType: "text/plain" });
    }
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  },

  server: async ({ launch }, use) => { await use(await launch()); },

  /** A proxy in front of the server, for who opens the page through it. */
  front: async ({ server }, use) => {
    const proxy = await new Proxy(server.url).start();
    await use(proxy);
    await proxy.stop();
  },

  /** Makes a checkout in the temporary folder: `checkout("shop", { "README.md": "…" })`. */
  checkout: async ({ folder }, use) => {
    await use((/** @type {string} */ name, /** @type {Record<string, string>} */ files = { "README.md": `# ${name}\n` }) => makeCheckout(join(folder, name), files));
  },

  /** Makes a checkout whose tests do what they are told: `{ path, checks }`. */
  checked: async ({ folder, checkout }, use) => {
    /** @type {Checks[]} */
    const all = [];
    await use((/** @type {string} */ name, /** @type {Record<string, string>} */ files = {}) => {
      const checks = new Checks(folder, name);
      all.push(checks);
      return { path: checkout(name, { "README.md": `# ${name}\n`, ...files, ...checks.files }), checks };
    });
    for (const checks of all) checks.close();
  },

  /** A project on such a checkout: `{ id, checks }`. */
  shop: async ({ server, checked }, use) => {
    const { path, checks } = checked("web-shop");
    const { id } = await server.createProject("Web shop", path);
    await use({ id, checks, path });
  },

  /** Fails the test on any error in the console of any of its pages. */
  browserErrors: [async ({ context, launch }, use) => {
    const errors = new BrowserErrors(context, () => launch.servers);
    await use(errors);
    if (errors.unexpected.length > 0) throw new Error(`The browser's console has errors:\n${errors.unexpected.join("\n")}`);
  }, { auto: true }],

  /** The page as a person uses it. */
  desk: async ({ page }, use) => { await use(new Desk(page)); },
};

export const test = base.extend(fixtures);
