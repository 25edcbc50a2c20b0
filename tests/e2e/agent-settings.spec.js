// How the coding agent works in one project, as somebody sets it who has never seen a command line; and where the page says
// which agent it is and why.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { ScriptedAgent, asksToRun } from "./support/acp.js";
import { expect, test } from "./support/agent.js";

/** @param {import("@playwright/test").Page} page */
const parts = (page) => {
  const dialog = page.getByRole("dialog", { name: "Project settings" });
  return {
    dialog, save: dialog.getByRole("button", { name: "Save" }), line: dialog.getByLabel("Its command line"), how: dialog.getByText("How it is started"),
    open: () => page.getByRole("button", { name: "Project settings" }).click(),
  };
};

test("who lets the coding agent do everything in its own copy is asked nothing", async ({ studio, agent, page, desk }) => {
  agent.does([asksToRun("test", "npm test"), { say: "I go on." }]);
  await desk.open(studio.server, studio.id);
  const { dialog, save, open } = parts(page);
  await open();
  await expect(dialog.getByLabel("As usual on this server")).toBeChecked();
  await dialog.getByLabel("Everything in its own copy").check();
  await save.click();
  await expect(dialog).toBeHidden();
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.step("I go on.").first()).toBeVisible();
  await expect(desk.activity.locator("[data-kind=gate]")).toHaveCount(0);
  expect(agent.answers).toEqual(["once"]);

  await open();
  await expect(dialog.getByLabel("Everything in its own copy")).toBeChecked();
  await dialog.getByLabel("Ask me each time").check();
  await save.click();
  await expect(dialog).toBeHidden();
  await desk.say("analyze the codebase");
  await expect(page.getByRole("article").getByRole("heading", { name: /wants to: Run npm test$/ })).toBeVisible();
});

test("a project has a coding agent of its own, and a line that nobody can read is said to be so", async ({ studio, agent, folder, page, desk }) => {
  const own = new ScriptedAgent(join(folder, "own agent"));
  own.does([{ say: "I am this project's own." }]);
  agent.does([{ say: "I am everybody's." }]);
  await desk.open(studio.server, studio.id);
  const { dialog, save, line, how, open } = parts(page);
  await open();
  await expect(line).toBeHidden();
  await how.click();
  await line.fill('claude "code');
  await save.click();
  await expect(dialog).toBeHidden();
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.messages.last()).toContainText("cannot be read");
  await open();
  await line.fill(own.line.map((word) => `'${word}'`).join(" "));
  await save.click();
  await expect(dialog).toBeHidden();
  await desk.say("analyze the codebase");
  await expect(desk.step("I am this project's own.").first()).toBeVisible();
  expect(agent.heard("started")).toEqual([]);

  await open();
  await line.fill("");
  await save.click();
  await expect(dialog).toBeHidden();
  await desk.say("analyze the codebase");
  await expect(desk.step("I am everybody's.").first()).toBeVisible();
});

test("a key is handed to the coding agent, and is never shown again", async ({ studio, agent, page, desk, browserErrors }) => {
  agent.does([{ run: ["sh", "-c", 'printf "%s %s" "$SHOP_KEY" "$SHOP_PLACE" >seen.txt'] }]);
  const seen = () => readFileSync(join(studio.copy, "seen.txt"), "utf8");
  await desk.open(studio.server, studio.id);
  const { dialog, save, how, open } = parts(page);
  await open();
  await how.click();
  for (const [name, value] of [["SHOP_KEY", "top-secret"], ["SHOP_PLACE", "Oslo"]]) {
    await dialog.getByRole("button", { name: "Add a variable" }).click();
    await dialog.getByLabel("Name", { exact: true }).last().fill(name);
    await dialog.getByLabel("Value", { exact: true }).last().fill(value);
  }
  await save.click();
  await expect(dialog).toBeHidden();
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  expect(seen()).toBe("top-secret Oslo");

  await page.reload();
  await desk.isLive();
  await open();
  await expect(dialog.getByRole("listitem").filter({ hasText: "SHOP_KEY" })).toContainText("set");
  const held = await page.evaluate(async () => JSON.stringify([document.documentElement.outerHTML, { ...localStorage }, await (await fetch("/api/projects")).text()]));
  expect(held).toContain("SHOP_KEY");
  expect(held + browserErrors.lines.join("\n") + studio.server.log).not.toContain("top-secret");

  await dialog.getByRole("button", { name: "Replace the value of SHOP_KEY" }).click();
  await dialog.getByLabel("New value of SHOP_KEY").fill("another");
  await dialog.getByRole("button", { name: "Remove SHOP_PLACE" }).click();
  await save.click();
  await expect(dialog).toBeHidden();
  await desk.say("analyze the codebase");
  await expect(desk.commands).toHaveCount(2);
  await expect(desk.verdict).toHaveText("done");
  expect(seen()).toBe("another ");
});

test("the page of diagnostics says which agent it is, why, and what it complained about", async ({ studio, agent, page, desk }) => {
  agent.does([{ complain: "warning: the sky is falling" }, { print: "No word of the protocol" }, { exit: 3 }]);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.messages.last()).toContainText("exit code 3");
  await desk.pill.click();
  const check = page.locator("[data-check=agent]");
  await expect(check).toContainText("because the setting acp.command says so");
  await expect(check).toContainText(agent.line[0]);
  await expect(check.locator("pre")).toBeHidden();
  await check.getByText("The last it wrote beside its work").click();
  for (const line of ["warning: the sky is falling", "No word of the protocol"]) await expect(check.locator("pre")).toContainText(line);
});

test("an agent that is not there is said to be missing, with what to do", async ({ launch, checkout, desk }) => {
  const server = await launch({ settings: { PM__ACP__COMMAND: "no-such-agent --acp" } });
  const { id } = await server.createProject("Web shop", checkout("web-shop"));
  await desk.open(server, id);
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.messages.last()).toContainText("no-such-agent is not there");
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });
    // A look of axe at all of the page takes seconds where the machine is busy.
    test.describe.configure({ timeout: 180_000 });

    test("axe finds nothing wrong with its settings and with what it complained about", async ({ studio, agent, page, desk }) => {
      const problems = async () => (await new AxeBuilder({ page }).analyze()).violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`));
      agent.does([{ complain: "warning: the sky is falling" }]);
      await desk.open(studio.server, studio.id);
      await desk.say("analyze the codebase");
      await expect(desk.verdict).toHaveText("done");
      const { dialog, how, open } = parts(page);
      await open();
      await how.click();
      await dialog.getByRole("button", { name: "Add a variable" }).click();
      await dialog.getByLabel("Name", { exact: true }).last().fill("not a name");
      await dialog.getByRole("button", { name: "Save" }).click();
      await expect(dialog.getByRole("alert")).toBeVisible();
      expect(await problems(), "a name that is none").toEqual([]);
      await page.keyboard.press("Escape");
      await desk.pill.click();
      await page.getByText("The last it wrote beside its work").click();
      expect(await problems(), "diagnostics").toEqual([]);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("its settings fit the screen, and a thumb hits them", async ({ studio, page, desk }) => {
    await desk.open(studio.server, studio.id);
    const { dialog, how } = parts(page);
    await page.getByRole("button", { name: "Project settings" }).tap();
    await how.tap();
    await dialog.getByRole("button", { name: "Add a variable" }).tap();
    const small = await dialog.locator(":is(button, input:not([type=radio]), summary):visible").evaluateAll((all) => all
      .filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.getAttribute("aria-label") ?? one.textContent));
    expect(small).toEqual([]);
    expect(await desk.tooWide()).toEqual([]);
  });
});
