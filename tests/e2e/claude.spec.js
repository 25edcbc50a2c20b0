// A real coding agent: Claude Code, as it is installed from npm, with a language model that follows a script. It reads and
// changes files in its copy of the project, and asks before it does.
//
// Where it is not installed there is no such test: the configuration leaves this file out, and scripts/test says so.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FILES } from "./support/agent.js";
import { Anthropic } from "./support/anthropic.js";
import { CLAUDE_AGENT } from "./support/claude.js";
import { expect, test as base } from "./support/fixtures.js";

const BETTER = "export const total = (cart) => cart.reduce((sum, { price }) => sum + price, 0);\n";

/** @type {import("@playwright/test").Fixtures<{ model: Anthropic }, {}, import("./support/fixtures.js").All, import("./support/fixtures.js").UsualOfWorker>} */
const fixtures = {
  model: async ({}, use) => {
    const model = await new Anthropic().start();
    await use(model);
    await model.stop();
  },
};
const test = base.extend(fixtures);

/** It is a large program, and starts anew for each command. */
const patiently = expect.configure({ timeout: 60_000 });

/** What it needs to know of its model, and nothing of the machine it runs on. @param {Anthropic} model @param {string} home */
const environment = ({ url }, home) => ({
  HOME: home, ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: "nobody-is-paid", DISABLE_AUTOUPDATER: "1", CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  // It would not work for root elsewhere, which tests are in a container.
  IS_SANDBOX: "1",
});

test("Claude Code reads a project, and changes it in its own copy when it may", async ({ launch, folder, checkout, model, page, desk }) => {
  test.setTimeout(180_000);
  const home = join(folder, "home");
  mkdirSync(home);
  const env = Object.entries(environment(model, home)).map(([name, value]) => `${name}=${value}`).join("\n");
  const server = await launch({ settings: { PM__ACP__COMMAND: JSON.stringify([CLAUDE_AGENT]), PM__ACP__ENV: env } });
  const path = checkout("web-shop", FILES);
  const { id } = await server.createProject("Web shop", path);
  const copy = join(server.data, "worktrees", id);
  const gates = desk.chat.getByRole("region", { name: "Waiting for you" });
  const allow = (/** @type {RegExp} */ question) => gates.getByRole("article").filter({ has: page.getByRole("heading", { name: question }) }).locator("[data-answer=approve]").first();
  await desk.open(server, id);

  model.does({ text: "I read what it is.", tool: "Read", input: { file_path: join(copy, "README.md") } }, { text: "It is a **web shop**." });
  await desk.say("analyze the codebase");
  await patiently(desk.step("I read what it is.")).toBeVisible();
  await expect(desk.step(/Read README\.md/)).toBeVisible();
  await patiently(desk.verdict).toHaveText("done");
  await expect(desk.messages.last()).toContainText("It is a web shop.");
  // What it read went to the model.
  expect(JSON.stringify(model.requests.at(-1).messages.at(-1))).toContain("# Web shop");

  const file = (/** @type {string} */ where) => readFileSync(join(where, "src/cart.js"), "utf8");
  model.does(
    { tool: "Read", input: { file_path: join(copy, "src/cart.js") } },
    { text: "The sum is missing.", tool: "Edit", input: { file_path: join(copy, "src/cart.js"), old_string: FILES["src/cart.js"].trim(), new_string: BETTER.trim() } },
    { tool: "Bash", input: { command: "cat src/cart.js >seen.txt", description: "Look at the file" } },
    { text: "The cart has a **sum** now." },
  );
  await server.ask("POST", `/api/projects/${id}/executions`, { command: "execute-github", args: "sum the cart" });
  await patiently(allow(/src\/cart\.js/)).toBeVisible();
  await expect(desk.verdict).toHaveText("waiting for you");
  expect(file(copy)).toBe(FILES["src/cart.js"]);
  await allow(/src\/cart\.js/).click();
  const change = desk.step("Edited src/cart.js");
  await expect(change).toContainText("1 line added, 1 line removed");
  await change.getByRole("button", { expanded: false }).click();
  await expect(change.getByRole("region", { name: "Changes to src/cart.js" }).locator("[data-sort=added]")).toHaveText(`added: +${BETTER.trim()}`);
  await allow(/cat src\/cart\.js/).click();
  await patiently(desk.verdict).toHaveText("done");
  await expect(desk.step("The cart has a sum now.")).toBeVisible();
  expect([file(copy), readFileSync(join(copy, "seen.txt"), "utf8")]).toEqual([BETTER, BETTER]);
  expect(file(path)).toBe(FILES["src/cart.js"]);
});
