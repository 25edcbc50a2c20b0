// The steps in the activity pane: what each says, what stands behind it, and how one moves in a log of any length.

import { expect, test as base } from "./support/fixtures.js";
import { Scar } from "./support/scar.js";

/** @typedef {{ server: import("./support/server.js").Server, scar: Scar, id: string, begin: () => Promise<void>, head: () => Promise<number> }} Agent */

/** @type {import("@playwright/test").Fixtures<{ agent: Agent }, {}, import("./support/fixtures.js").All, import("./support/fixtures.js").UsualOfWorker>} */
const fixtures = {
  /** A project whose commands run in a SCAR that says what the test tells it to. */
  agent: async ({ launch }, use) => {
    const scar = await new Scar().start();
    const server = await launch({ settings: { SCAR_BASE_URL: scar.url, PM__SCAR__STALL_SECONDS: "3600" } });
    const { id } = await server.ask("POST", "/api/projects", { name: "Web shop", github_repo_url: "https://github.com/acme/demo-shop" });
    const begin = async () => {
      await server.ask("POST", `/api/projects/${id}/executions`, { command: "plan-feature-github", args: "discount codes" });
      await expect.poll(() => scar.isWorking).toBe(true);
    };
    const head = async () => (await server.ask("GET", `/api/projects/${id}/activity?limit=1`)).head;
    await use({ server, scar, id, begin, head });
    await scar.kill();
  },
};
const test = base.extend(fixtures);

const tool = (/** @type {string} */ name, /** @type {string} */ detail) => `🔧 ${name}\n${detail}`;
const REPO = "/workspace/demo-shop";

/** The numbers of the steps that are drawn, in the order they stand. @param {import("./support/desk.js").Desk} desk */
const drawn = (desk) => desk.steps.evaluateAll((rows) => rows.map((row) => Number(row.getAttribute("data-seq"))));

test("files read one after the other are one line that opens", async ({ agent, desk }) => {
  await agent.begin();
  for (const name of ["README.md", "src/cart.js", "src/mail.js"]) agent.scar.say(tool("READ", `Reading: ${REPO}/${name}`));
  agent.scar.say(tool("GREP", "Searching: total"));
  await desk.open(agent.server, agent.id);
  const fold = desk.activity.getByRole("button", { name: "Read 3 files" });
  await expect(fold).toContainText("README.md, cart.js, mail.js");
  await expect(desk.activity.getByText("Read src/cart.js")).toHaveCount(0);
  await fold.click();
  await expect(desk.activity.getByText("Read src/cart.js")).toBeVisible();
  await desk.show("All");
  await expect(fold).toHaveCount(0);
  await expect(desk.activity.getByText("Read src/cart.js")).toBeVisible();
});

test("a step says what came of it, and its input and result are one click away, apart", async ({ server, checkout, desk }) => {
  const { id } = await server.createProject("Web shop", checkout("web-shop"));
  await desk.open(server, id);
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  const step = desk.step("Listed the files git knows").getByRole("button");
  await expect(step).toContainText("1 file");
  await expect(step).toHaveAttribute("aria-expanded", "false");
  await step.press("Enter");
  const raw = desk.step("Listed the files git knows").locator(".step-raw");
  await expect(raw.getByText("Input", { exact: true })).toBeVisible();
  await expect(raw.getByText(/^Result: 1 file/)).toBeVisible();
  await expect(raw.locator("pre")).toHaveText([/git ls-files/, /README\.md/]);
});

test("checks say how many passed, also when their command is closed", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  for (const count of [41, 42]) {
    await desk.say("run validation");
    shop.checks.say(`${count} passed in 0.3s`);
    shop.checks.pass();
    await expect(desk.step("Ran make test").last()).toContainText(`${count} passed`);
    await expect(desk.verdict).toHaveText("done");
  }
  await page.reload();
  await desk.isLive();
  const [first, last] = [desk.commands.first(), desk.commands.last()];
  await expect(first.getByRole("button", { name: /^Run the checks/ })).toHaveAttribute("aria-expanded", "false");
  await expect(first).toContainText("41 passed ·");
  await expect(last.getByRole("button", { name: /^Run the checks/ })).toHaveAttribute("aria-expanded", "true");
});

test("what failed is open and says why", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  shop.checks.say("FAIL: the total is 3, expected 4");
  shop.checks.fail();
  await expect(desk.verdict).toHaveText("failed");
  const end = desk.commands.last().locator("[data-status=FAILED]");
  await expect(end.getByRole("button").first()).toHaveAttribute("aria-expanded", "true");
  await expect(end).toContainText("The checks did not go through");
  await expect(end).toContainText("ended with exit code");
});

test("what failed or was stopped is tried again with a click, as often as it takes", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  shop.checks.fail();
  await expect(desk.verdict).toHaveText("failed");
  const again = desk.activity.getByRole("button", { name: "Try again" });
  await again.click();
  await expect(desk.commands).toHaveCount(2);
  await expect(again).toHaveCount(0);
  await expect(desk.verdict).toHaveText("running");
  await expect(desk.step("Queued again")).toBeVisible();
  await desk.chat.getByRole("button", { name: "Stop" }).click();
  await expect(desk.verdict).toHaveText("stopped");
  await again.click();
  await expect(desk.commands).toHaveCount(3);
  shop.checks.say("41 passed");
  shop.checks.pass();
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.chat).toContainText("All checks passed");
  await expect(again).toHaveCount(0);
});

test("a plan shows what is done, what is being done and what is not yet", async ({ agent, desk }) => {
  await agent.begin();
  const todos = [["Look at the cart", "completed"], ["Add discount()", "in_progress"], ["Write its tests", "pending"]];
  agent.scar.say(tool("TODOWRITE", JSON.stringify({ todos: todos.map(([content, status]) => ({ content, status, activeForm: content })) })));
  await desk.open(agent.server, agent.id);
  const items = desk.step("Plan: Add discount()").getByRole("listitem");
  await expect(items).toHaveText(["Look at the cart", "Add discount()", "Write its tests"]);
  await expect(items.nth(0).getByRole("img", { name: "done" })).toBeVisible();
  await expect(items.nth(1).getByRole("img", { name: "in progress" })).toBeVisible();
  await expect(items.nth(2).getByRole("img", { name: "to be done" })).toBeVisible();
});

test("a running command that says nothing says for how long, and what it did last", async ({ server, shop, page, desk }) => {
  await page.clock.install();
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  await expect(desk.activity.getByText(/silent for/)).toHaveCount(0);
  await page.clock.fastForward(12_000);
  await expect(desk.activity.getByText(/silent for 1\d s, last: Run make test/)).toBeVisible();
  shop.checks.pass();
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.activity.getByText(/silent for/)).toHaveCount(0);
});

test("only what is truly under way turns", async ({ agent, page, desk }) => {
  await agent.begin();
  agent.scar.say(tool("BASH", "npm test"));
  await desk.open(agent.server, agent.id);
  await expect(desk.step("Run npm test").locator(".spinner")).toBeVisible();
  agent.scar.say(tool("BASH", "git status"));
  await expect(desk.step("Run git status").locator(".spinner")).toBeVisible();
  await expect(desk.step("Run npm test").locator(".spinner")).toHaveCount(0);
  agent.scar.end();
  await expect(desk.verdict).toHaveText("done");
  await expect(page.locator(".spinner")).toHaveCount(0);
});

test("long output shows its last lines, and all of them on request", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  for (let i = 1; i <= 60; i++) shop.checks.say(`ok ${i} - adds up`);
  const output = desk.activity.locator("[data-kind=output]");
  await expect(output).toContainText("ok 60 -");
  await expect(output).not.toContainText("ok 1 -");
  await output.getByRole("button", { name: /^Show all \d+ lines$/ }).click();
  await expect(output).toContainText("ok 1 -");
  shop.checks.say("ok 61 - adds up");
  await expect(output).toContainText("ok 61 -");
  await output.getByRole("button", { name: "Show less" }).click();
  await expect(output).not.toContainText("ok 1 -");
});

test("a time is told as an age, exactly on hover", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  const age = desk.step(/^Started/).locator("time");
  await expect(age).toHaveText("now");
  await expect(age).toHaveAttribute("title", /\d{4}, \d{2}:\d{2}:\d{2}\.\d{3}/);
});

test("scrolling back shows a long log to its beginning, each step once, and one click comes back to the newest", async ({ agent, page, desk }) => {
  await agent.begin();
  for (let i = 1; i <= 1_200; i++) agent.scar.say(tool("BASH", `ls part-${i}`));
  await expect.poll(agent.head).toBeGreaterThan(1_200);
  await desk.open(agent.server, agent.id);
  await expect(desk.step("Run ls part-1200")).toBeVisible();
  const head = await agent.head();

  await page.getByTestId("activity").hover();
  const seen = new Set();
  const look = async () => {
    const rows = await drawn(desk);
    expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
    for (const seq of rows) seen.add(seq);
    return seen.size;
  };
  await expect.poll(async () => {
    await page.mouse.wheel(0, -2_500);
    return look();
  }, { timeout: 50_000, intervals: [10] }).toBe(head);
  expect((await drawn(desk)).length).toBeLessThan(1_200);
  await expect(desk.step(/^Queued/)).toBeVisible();

  agent.scar.say(tool("BASH", "ls the-newest"));
  await desk.activity.getByRole("button", { name: /new(est)? step/ }).click();
  await expect(desk.step("Run ls the-newest")).toBeInViewport();
  agent.scar.say(tool("BASH", "ls one-more"));
  await expect(desk.step("Run ls one-more")).toBeInViewport();
});

test("scrolling forward again from far back comes to the newest without a hole", async ({ agent, page, desk }) => {
  await agent.begin();
  for (let i = 1; i <= 1_200; i++) agent.scar.say(tool("BASH", `ls part-${i}`));
  await expect.poll(agent.head).toBeGreaterThan(1_200);
  await desk.open(agent.server, agent.id);
  await page.getByTestId("activity").hover();
  await expect.poll(async () => {
    await page.mouse.wheel(0, -3_000);
    return (await drawn(desk))[0];
  }, { timeout: 50_000, intervals: [10] }).toBe(1);
  const head = await agent.head();
  await expect.poll(async () => {
    await page.mouse.wheel(0, 3_000);
    const rows = await drawn(desk);
    expect(rows).toEqual(Array.from({ length: rows.length }, (_, i) => rows[0] + i));
    return rows.at(-1);
  }, { timeout: 50_000, intervals: [10] }).toBe(head);
  await expect(desk.activity.getByRole("button", { name: "Load later steps" })).toHaveCount(0);
});

test("what is read stays where it is while steps come below and are drawn above", async ({ agent, page, desk }) => {
  await agent.begin();
  for (let i = 1; i <= 300; i++) agent.scar.say(tool("BASH", `ls part-${i}`));
  await expect.poll(agent.head).toBeGreaterThan(300);
  await desk.open(agent.server, agent.id);
  const pane = page.getByTestId("activity");
  await expect(desk.step("Run ls part-300")).toBeVisible();
  const line = desk.step("Run ls part-285");
  const place = () => line.evaluate((row) => Math.round(row.getBoundingClientRect().top));
  const before = await place();
  await pane.hover();
  await page.mouse.wheel(0, -400);
  const more = desk.activity.getByRole("button", { name: /new step/ });
  agent.scar.say(tool("BASH", "ls while-reading"));
  await expect(more).toBeVisible();
  for (let i = 1; i <= 40; i++) agent.scar.say(tool("BASH", `ls later-${i}`));
  await expect(more).toContainText("41 new");
  expect(Math.abs(await place() - (before + 400))).toBeLessThan(2);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("steps open by a tap and nothing is wider than the screen", async ({ agent, page, desk }) => {
    await agent.begin();
    const command = `npm test -- ${"averyveryverylongname".repeat(9)}`;
    for (const name of ["README.md", "src/cart.js", "src/mail.js"]) agent.scar.say(tool("READ", `Reading: ${REPO}/${name}`));
    agent.scar.say(tool("BASH", command));
    await desk.open(agent.server, agent.id);
    await page.getByRole("tab", { name: "Activity" }).tap();
    await desk.activity.getByRole("button", { name: "Read 3 files" }).tap();
    await expect(desk.activity.getByText("Read src/cart.js")).toBeVisible();
    // What runs for a while opens by itself.
    await expect(desk.step("Run npm test").locator("pre")).toHaveText(command);
    expect(await desk.tooWide()).toEqual([]);
  });
});
