// What a browser test of a coding agent starts with: `agent`, whose script is in the test's hands, and `studio`, a server
// whose commands run in it, with a project on a small checkout.

import { join } from "node:path";
import { ScriptedAgent } from "./acp.js";
import { test as base } from "./fixtures.js";

export { expect } from "./fixtures.js";

/** @typedef {{ server: import("./server.js").Server, id: string, path: string, copy: string }} Studio `copy` is where the agent works */

/** What is in the checkout. */
export const FILES = { "README.md": "# Web shop\n", "src/cart.js": "export const total = (cart) => 0;\n" };

/** @type {import("@playwright/test").Fixtures<{ agent: ScriptedAgent, studio: Studio }, {}, import("./fixtures.js").All, import("./fixtures.js").UsualOfWorker>} */
const fixtures = {
  agent: async ({ folder }, use) => { await use(new ScriptedAgent(join(folder, "agent"))); },

  studio: async ({ agent, launch, checkout }, use) => {
    const server = await launch({ settings: agent.settings });
    const path = checkout("web-shop", FILES);
    const { id } = await server.createProject("Web shop", path);
    await use({ server, id, path, copy: join(server.data, "worktrees", id) });
  },
};

export const test = base.extend(fixtures);
