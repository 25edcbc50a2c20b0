// What one does all day: look closer, switch projects, queue a second command, scroll back, use the keyboard alone.

import { Desk } from "./support/desk.js";
import { expect, test } from "./support/fixtures.js";

test("the selector shows less or more of what is there, and the page remembers it", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  shop.checks.say("one of one");
  shop.checks.pass();
  await expect(desk.verdict).toHaveText("done");

  await desk.show("Brief");
  await expect(desk.step("Ran make test")).toHaveCount(0);
  await expect(desk.step("one of one")).toHaveCount(0);
  await expect(desk.step(/^Started/)).toBeVisible();
  await desk.show("Steps");
  const run = desk.step("Ran make test");
  await expect(run).toBeVisible();
  await expect(run.getByText("Passed after")).toBeHidden();
  await desk.show("All");
  await expect(run.getByText("Passed after")).toBeVisible();
  await expect(desk.activity).toContainText("one of one");

  await page.reload();
  await expect(desk.activity.getByRole("button", { name: "All", exact: true })).toHaveAttribute("aria-pressed", "true");
  await expect(run.getByText("Passed after")).toBeVisible();
});

test("switching between two projects never mixes their steps", async ({ server, checked, page, desk }) => {
  const all = [];
  for (const name of ["Bakery", "Library"]) {
    const { path, checks } = checked(name.toLowerCase());
    all.push({ name, checks, id: (await server.createProject(name, path)).id });
  }
  const [bakery, library] = all;
  const open = async (/** @type {{ name: string }} */ one) => {
    await desk.projects.getByRole("link", { name: one.name }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(one.name);
  };
  await desk.open(server, bakery.id);
  await desk.show("All");
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  await open(library);
  await expect(desk.stopButton).toBeHidden();
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();

  // Each goes on while the other is looked at, and both while somebody cannot decide.
  for (let i = 1; i <= 3; i++) {
    for (const one of all) one.checks.say(`${one.name} line ${i}`);
    for (const one of all) {
      await open(one);
      await expect(desk.activity).toContainText(`${one.name} line ${i}`);
    }
  }
  for (const [one, other] of [[bakery, library], [library, bakery]]) {
    one.checks.pass();
    await open(one);
    await expect(desk.verdict).toHaveText("done");
    await expect(desk.commands).toHaveCount(1);
    await expect(desk.activity).not.toContainText(`${other.name} line`);
    await expect(desk.messages).toHaveCount(3);
    const seqs = (await desk.shown()).map((step) => step.seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  }
});

test("the list tells what a project that is not open does, and that it has ended", async ({ server, shop, checkout, page, desk }) => {
  await server.createProject("Library", checkout("library"));
  const listed = desk.projects.getByRole("link", { name: "Web shop" });
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(listed).toContainText("Running the checks");
  await desk.projects.getByRole("link", { name: "Library" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Library");
  await expect(listed).toContainText("Running the checks");
  shop.checks.pass();
  await expect(listed).not.toContainText("Running the checks");

  // What somebody else starts there is told as well.
  await server.ask("POST", `/api/projects/${shop.id}/executions`, { command: "validate" });
  await expect(listed).toContainText("Running the checks");
  await expect(desk.projects.getByRole("link", { name: "Library" })).toHaveAttribute("aria-current", "page");
});

test("the address of a project made elsewhere opens it, with its name and in the list", async ({ server, shop, checkout, page, desk }) => {
  await page.clock.install();
  await desk.open(server, shop.id);
  // The page asks for the list now and then; here it stands still, and asks because the address says something new.
  await page.clock.pauseAt(new Date(Date.now() + 3_600_000));
  const { id } = await server.createProject("Made elsewhere", checkout("elsewhere-made"));
  await page.evaluate((hash) => { location.hash = hash; }, `#/p/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Made elsewhere");
  await expect(desk.projects.getByRole("link", { name: "Made elsewhere" })).toHaveAttribute("aria-current", "page");
});

test("a second command waits for its turn and says so", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.verdict).toHaveText("running");
  await desk.sayNow("run validation");
  await expect(desk.commands).toHaveCount(2);
  await expect(desk.verdict).toHaveText("queued");
  await expect(desk.messages.last()).toContainText("comes next");
  shop.checks.pass();
  await expect(desk.commands.first().locator(".badge")).toHaveText("done");
  await expect(desk.verdict).toHaveText("running");
  shop.checks.fail();
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.messages).toHaveCount(6);
});

test("what needs a coding agent says so instead of pretending", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("plan a newsletter");
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.messages.last()).toContainText("needs a coding agent");
});

test("the pane follows the end, but never pulls a reader away", async ({ server, checkout, page, desk }) => {
  const { id } = await server.createProject("Web shop", checkout("web-shop"));
  await page.setViewportSize({ width: 1280, height: 500 });
  await desk.open(server, id);
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.messages).toHaveCount(3);
  const pane = page.getByTestId("activity");
  const fromEnd = () => pane.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
  await expect.poll(fromEnd).toBeLessThan(9);

  await pane.hover();
  await page.mouse.wheel(0, -10_000);
  await expect.poll(() => pane.evaluate((box) => box.scrollTop)).toBe(0);
  const other = new Desk(await page.context().newPage());
  await other.open(server, id);
  await other.say("hello");
  const more = desk.activity.getByRole("button", { name: /new step/ });
  await expect(more).toBeVisible();
  expect(await pane.evaluate((box) => box.scrollTop)).toBe(0);
  await more.click();
  await expect.poll(fromEnd).toBeLessThan(9);
  await expect(more).toBeHidden();
});

test("of a long output the newest line is in sight", async ({ server, shop, page, desk }) => {
  await page.setViewportSize({ width: 1280, height: 500 });
  await desk.open(server, shop.id);
  await desk.say("run validation");
  for (let i = 1; i <= 40; i++) shop.checks.say(`ok ${i} - ${"the cart adds up what is in it ".repeat(3)}`);
  const output = desk.activity.locator("[data-kind=output] pre");
  const fromEnd = () => output.evaluate((box) => [box.scrollHeight > box.clientHeight, box.scrollHeight - box.scrollTop - box.clientHeight < 9]);
  await expect(output).toContainText("ok 40");
  await expect.poll(fromEnd).toEqual([true, true]);
  shop.checks.say("not ok 41");
  await expect(output).toContainText("not ok 41");
  await expect.poll(fromEnd).toEqual([true, true]);
});

test("an address that names no project says so, and not that it reconnects", async ({ server, page, desk, browserErrors }) => {
  const id = "0192f0c0-0000-7000-8000-000000000000";
  for (const path of ["/messages", "/executions", "/workflow", "/gates", "/worktrees", "/branches", ""]) browserErrors.expectRefusal(404, `/api/projects/${id}${path}`);
  for (const path of ["/api/sse/scar/", "/api/diagnostics/sse/", "/api/ws/chat/", "/api/documents/list/"]) browserErrors.expectRefusal(404, path + id);
  await page.goto(`${server.url}/#/p/${id}`);
  await expect(desk.chat.getByRole("heading", { name: "There is no such project" })).toBeVisible();
  await expect(desk.pill).toBeHidden();
});

test("a new conversation is marked, and what was said before stays", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("hello");
  await expect(desk.messages).toHaveCount(2);
  await desk.chat.getByRole("button", { name: "New conversation" }).click();
  const divider = desk.chat.getByRole("listitem").filter({ hasText: /^New conversation$/ });
  await expect(divider).toHaveCount(1);
  await desk.say("what can you do?");
  await expect(desk.messages).toHaveCount(4);
  await page.reload();
  await expect(desk.messages).toHaveCount(4);
  await expect(divider).toHaveCount(1);
});

test("with the keyboard alone one creates a project and sends a message", async ({ server, checkout, page, desk }) => {
  const path = checkout("web-shop");
  await page.goto(server.url);
  const opener = desk.projects.getByRole("button", { name: "New project" });
  await expect(opener).toBeVisible();
  const isOn = (/** @type {import("@playwright/test").Locator} */ target) => target.evaluate((one) => one === document.activeElement);
  for (let i = 0; i < 10 && !(await isOn(opener)); i++) await page.keyboard.press("Tab");
  await expect(opener).toBeFocused();

  // Away and back: the focus returns to where it was.
  await page.keyboard.press("Enter");
  await expect(desk.dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(desk.dialog).toBeHidden();
  await expect(opener).toBeFocused();

  await page.keyboard.press("Enter");
  await expect(desk.dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.type("Web shop");
  await page.keyboard.press("Tab");
  await page.keyboard.type(path);
  await page.keyboard.press("Enter");
  await expect(desk.composer).toBeFocused();
  await page.keyboard.type("first line");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("analyze the codebase");
  await expect(desk.composer).toHaveValue("first line\nanalyze the codebase");
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("analyze the codebase");
  await page.keyboard.press("Enter");
  await expect(desk.composer).toHaveValue("");
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.composer).toBeFocused();
});

test("a draft is kept over a reload and over a look at another project", async ({ server, checkout, page, desk }) => {
  const { id } = await server.createProject("One", checkout("one"));
  await server.createProject("Two", checkout("two"));
  await desk.open(server, id);
  await desk.composer.fill("half a thought");
  await desk.projects.getByRole("link", { name: "Two" }).click();
  await expect(desk.composer).toHaveValue("");
  await desk.projects.getByRole("link", { name: "One" }).click();
  await expect(desk.composer).toHaveValue("half a thought");
  await page.reload();
  await expect(desk.composer).toHaveValue("half a thought");
  expect(await server.ask("GET", `/api/projects/${id}/messages`)).toEqual([]);
});
