// What a coding agent asks for while its command runs: seen above the message box, answered with one click, once, and no
// longer asked when nothing waits for the answer any more.

import AxeBuilder from "@axe-core/playwright";
import { asksToRun } from "./support/acp.js";
import { expect, test } from "./support/agent.js";
import { Desk } from "./support/desk.js";
import { openGate } from "./support/vision.js";

const QUESTION = "A coding agent on this machine wants to: Run npm test";

/** @param {import("@playwright/test").Page} page */
const parts = (page) => {
  const gates = page.getByRole("region", { name: "Chat", exact: true }).getByRole("region", { name: "Waiting for you" });
  const answer = (/** @type {string} */ name) => gates.getByRole("button", { name, exact: true });
  return { gates, card: gates.getByRole("article"), allow: answer("Allow"), always: answer("Always allow"), reject: answer("Reject") };
};

/** It asks once and goes on with the answer. @param {import("./support/acp.js").ScriptedAgent} agent */
const asksOnce = (agent) => agent.does([asksToRun("test", "npm test"), { say: "I go on." }]);

test("a question stands above the message box, and a click answers it", async ({ studio, agent, page, desk }) => {
  asksOnce(agent);
  await desk.open(studio.server, studio.id);
  const heard = await desk.listen();
  await desk.say("analyze the codebase");
  const { gates, card, allow } = parts(page);
  await expect(card.getByRole("heading", { name: QUESTION })).toBeVisible();
  await expect(card.locator("pre")).toHaveText("npm test");
  await expect(gates.getByRole("button")).toHaveText(["Allow", "Always allow", "Reject"]);
  await expect(desk.verdict).toHaveText("waiting for you");
  await expect(desk.projects.getByRole("link", { name: /Web shop.*Waiting for you/ })).toBeVisible();
  await expect.poll(heard).toContain(QUESTION);
  expect(agent.answers).toEqual([]);
  await allow.click();
  await expect(gates).toBeHidden();
  await expect(desk.step("I go on.").first()).toBeVisible();
  await expect(desk.verdict).toHaveText("done");
  expect(agent.answers).toEqual(["once"]);
  await expect(desk.activity.locator("[data-kind=gate][data-status=APPROVED]")).toHaveCount(1);
  await expect(desk.composer).toBeFocused();
});

test("a no is one click as well, and the agent goes on with it", async ({ studio, agent, page, desk }) => {
  asksOnce(agent);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const { gates, reject } = parts(page);
  await reject.click();
  await expect(gates).toBeHidden();
  await expect(desk.verdict).toHaveText("done");
  expect(agent.answers).toEqual(["no"]);
  await expect(desk.activity.locator("[data-kind=gate][data-status=REJECTED]")).toHaveCount(1);
});

test("of several questions each is answered for itself", async ({ studio, agent, page, desk }) => {
  agent.does([asksToRun("1", "npm test"), asksToRun("2", "npm run lint"), { say: "I go on." }]);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const { gates, card, always, reject } = parts(page);
  await expect(card.locator("pre")).toHaveText(["npm test"]);
  await always.click();
  await expect(card.locator("pre")).toHaveText(["npm run lint"]);
  await reject.click();
  await expect(gates).toBeHidden();
  await expect(desk.verdict).toHaveText("done");
  expect(agent.answers).toEqual(["always", "no"]);
});

test("the same question stands in every window and after a reload, and what one answers is told in the others", async ({ studio, agent, context, page, desk }) => {
  asksOnce(agent);
  await desk.open(studio.server, studio.id);
  const other = new Desk(await context.newPage());
  await other.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  for (const one of [page, other.page]) await expect(parts(one).card.getByRole("heading", { name: QUESTION })).toBeVisible();
  await page.reload();
  await desk.isLive();
  await expect(parts(page).card.getByRole("heading", { name: QUESTION })).toBeVisible();
  await expect(desk.verdict).toHaveText("waiting for you");
  await parts(other.page).allow.click();
  for (const one of [desk, other]) {
    await expect(parts(one.page).gates).toBeHidden();
    await expect(one.activity.locator("[data-kind=gate][data-status=APPROVED]")).toHaveCount(1);
    await expect(one.verdict).toHaveText("done");
  }
  expect(agent.answers).toEqual(["once"]);
});

test("of two who answer the first is right, and the second is told", async ({ studio, agent, page, desk, browserErrors }) => {
  asksOnce(agent);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const { id } = await openGate(studio.server, studio.id);
  browserErrors.expectRefusal(409, `/api/gates/${id}/approve`);
  await page.route("**/approve", async (route) => {
    await studio.server.ask("POST", `/api/gates/${id}/reject`, { option: "no" });
    await route.continue();
  });
  const { allow, card } = parts(page);
  await allow.click();
  await expect(card).toContainText("Rejected");
  await expect(card).toContainText("“Reject”");
  expect(agent.answers).toEqual(["no"]);
});

test("who stops the command is not asked any more", async ({ studio, agent, page, desk }) => {
  asksOnce(agent);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const { card, gates } = parts(page);
  await expect(card).toBeVisible();
  await desk.sayNow("stop");
  await expect(gates).toBeHidden();
  await expect(desk.verdict).toHaveText("stopped");
  await expect(desk.step("I go on.")).toHaveCount(0);
  await expect(desk.activity.locator("[data-kind=gate]").getByText("No longer asked")).toBeVisible();
});

test("what was asked before the server died is not asked after it, and the command says that it was interrupted", async ({ studio, agent, page, desk }) => {
  asksOnce(agent);
  await desk.open(studio.server, studio.id);
  await desk.say("analyze the codebase");
  const { card, gates } = parts(page);
  await expect(card).toBeVisible();
  await studio.server.kill();
  await expect(desk.verdict).toHaveText("no news");
  await studio.server.start();
  await desk.isLive();
  await expect(gates).toBeHidden();
  await expect(desk.verdict).toHaveText("interrupted");
  await page.reload();
  await desk.isLive();
  await expect(desk.verdict).toHaveText("interrupted");
  await expect(gates).toBeHidden();
  expect(agent.answers).toEqual([]);
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });
    // A look of axe at all of the page takes seconds where the machine is busy.
    test.describe.configure({ timeout: 180_000 });

    test("axe finds nothing wrong with a coding agent's question", async ({ studio, agent, page, desk }) => {
      asksOnce(agent);
      await desk.open(studio.server, studio.id);
      await desk.say("analyze the codebase");
      await expect(parts(page).card).toBeVisible();
      await desk.openAll(desk.activity);
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`))).toEqual([]);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("a thumb hits every answer, and all of the question can be read", async ({ studio, agent, page, desk }) => {
    asksOnce(agent);
    await desk.open(studio.server, studio.id);
    await desk.say("analyze the codebase");
    const { gates, card, allow } = parts(page);
    await expect(card).toBeVisible();
    for (const button of await gates.getByRole("button").all()) expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(43.5);
    expect(await desk.tooWide()).toEqual([]);
    await allow.tap();
    await expect(gates).toBeHidden();
  });
});
