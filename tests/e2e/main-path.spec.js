// The main job: from the first start to a finished command, as somebody new would do it.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Desk } from "./support/desk.js";
import { expect, test } from "./support/fixtures.js";

test("a first start inside a checkout offers it as the first project, with one click", async ({ launch, checkout, page, desk }) => {
  const path = checkout("tea-house", { "README.md": "# Tea house\n", "src/deep/note.txt": "x\n" });
  const server = await launch({ cwd: join(path, "src/deep") });
  await page.goto(server.url);
  await expect(desk.chat.getByText(path)).toBeVisible();
  await desk.chat.getByRole("button", { name: "Use as first project" }).click();

  await desk.isLive();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("tea-house");
  await expect(desk.projects.getByRole("listitem")).toHaveCount(1);
  const [project] = await server.ask("GET", "/api/projects");
  expect(project).toMatchObject({ name: "tea-house", workspace_path: path });
});

test("a first start elsewhere says how to begin", async ({ server, page, desk }) => {
  await page.goto(server.url);
  await desk.chat.getByRole("button", { name: "Add a project" }).click();
  await expect(desk.dialog).toBeVisible();
});

test("a project is created on a checkout through the dialog", async ({ server, checkout, page, desk }) => {
  const path = checkout("web-shop");
  await page.goto(server.url);
  await desk.projects.getByRole("button", { name: "New project" }).click();
  await desk.dialog.getByLabel("Name").fill("  Web shop ");
  await desk.dialog.getByLabel("Folder").fill(path);
  await desk.dialog.getByLabel("Description").fill("Sells tea");
  await desk.dialog.getByRole("button", { name: "Create project" }).click();

  await expect(desk.dialog).toBeHidden();
  await expect(desk.composer).toBeFocused();
  await desk.isLive();
  await expect(desk.projects.getByRole("link", { name: "Web shop" })).toHaveAttribute("aria-current", "page");
  const [project] = await server.ask("GET", "/api/projects");
  expect(project).toMatchObject({ name: "Web shop", workspace_path: path, description: "Sells tea" });
});

test("what is wrong in the dialog is said beside its field, and what was typed is kept", async ({ server, folder, checkout, page, desk, browserErrors }) => {
  browserErrors.expectRefusal(422, "/api/projects");
  const path = checkout("web-shop");
  const plain = join(folder, "no-checkout");
  mkdirSync(plain);
  const create = desk.dialog.getByRole("button", { name: "Create project" });
  const name = desk.dialog.getByLabel("Name");
  const place = desk.dialog.getByLabel("Folder");
  await page.goto(server.url);
  await desk.projects.getByRole("button", { name: "New project" }).click();

  await place.fill(join(folder, "missing"));
  await create.click();
  await expect(name).toHaveAccessibleDescription(/name/i);
  await expect(name).toBeFocused();
  await expect(place).toHaveValue(join(folder, "missing"));

  await name.fill("Web shop");
  await create.click();
  await expect(place).toHaveAccessibleDescription(/no folder|not exist|no such/i);
  await expect(place).toBeFocused();
  await expect(name).toHaveValue("Web shop");
  await expect(name).not.toHaveAttribute("aria-invalid", "true");

  await place.fill(plain);
  await create.click();
  await expect(place).toHaveAccessibleDescription(/git checkout/i);
  await expect(place).toHaveValue(plain);

  await place.fill("web-shop");
  await create.click();
  await expect(place).toHaveAccessibleDescription(/full path/i);

  await place.fill(path);
  await create.click();
  await expect(desk.dialog).toBeHidden();
  await expect(desk.projects.getByRole("listitem")).toHaveCount(1);
});

test("“analyze the codebase” brings its steps and a summary in Markdown", async ({ server, checkout, desk, browserErrors }) => {
  const path = checkout("web-shop", {
    "README.md": "# Web shop\n\nSells tea to people who like tea.\n",
    "package.json": JSON.stringify({ name: "web-shop", scripts: { start: "node src/server.js", test: "node --test" } }),
    "src/server.js": "import http from 'node:http';\nhttp.createServer().listen(8080);\n",
    "test/cart.test.js": "import test from 'node:test';\ntest('a cart is empty at first', () => {});\n",
  });
  const { id } = await server.createProject("Web shop", path);
  await desk.open(server, id);
  await desk.say("analyze the codebase");

  await expect(desk.messages.first()).toContainText("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.step("README.md")).not.toHaveCount(0);
  await expect(desk.step("package.json")).not.toHaveCount(0);
  const summary = desk.messages.last().locator(".md");
  await expect(summary.getByRole("heading").first()).toBeVisible();
  await expect(summary).toContainText("Sells tea");
  await expect(summary).toContainText("JavaScript");
  const texts = (await desk.shown()).map((step) => step.text);
  expect(texts.findIndex((text) => text.includes("README.md"))).toBeLessThan(texts.length - 1);
  expect(browserErrors.lines).toContain("SSE connected");
  // The pane has it in the same form, not as the characters it is written with.
  const told = desk.step("Summary:");
  await told.getByRole("button").first().click();
  await expect(told.getByRole("heading", { name: "What it is" })).toBeVisible();
});

test("steps appear one by one while the command still runs", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.show("All");
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  for (const line of ["a cart is empty at first", "a cart adds what is put in", "a cart tells its total"]) {
    await expect(desk.activity).not.toContainText(line);
    shop.checks.say(line);
    await expect(desk.activity).toContainText(line);
    await expect(desk.verdict).toHaveText("running");
  }
  shop.checks.pass();
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.messages.last()).toContainText("All checks passed");
});

test("checks that fail are told as failed, in the pane and in the chat", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.verdict).toHaveText("running");
  shop.checks.say("FAIL: the total is 3, expected 4");
  shop.checks.fail();
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.messages.last()).toContainText("the total is 3, expected 4");
  await expect(desk.stopButton).toBeHidden();
});

test("a reload shows the same steps and messages once each, in order", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.show("All");
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  shop.checks.say("half way");
  await expect(desk.activity).toContainText("half way");
  const [steps, said] = [await desk.shown(), await desk.said()];
  const seqs = steps.map((step) => step.seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));

  await page.reload();
  await desk.isLive();
  await expect.poll(() => desk.shown()).toEqual(steps);
  expect(await desk.said()).toEqual(said);

  shop.checks.say("all the way");
  await expect(desk.activity).toContainText("all the way");
  shop.checks.pass();
  await expect(desk.verdict).toHaveText("done");
});

test("two tabs see the same, whichever of them asked", async ({ server, shop, context, desk }) => {
  const other = new Desk(await context.newPage());
  await desk.open(server, shop.id);
  await other.open(server, shop.id);
  await desk.say("run validation");
  await expect(other.stopButton).toBeVisible();
  shop.checks.say("seen by both");
  for (const one of [desk, other]) {
    await one.show("All");
    await expect(one.activity).toContainText("seen by both");
  }
  await other.sayNow("hello from the other tab");
  await expect(desk.chat).toContainText("hello from the other tab");
  shop.checks.pass();
  for (const one of [desk, other]) {
    await expect(one.verdict).toHaveText("done");
    await expect(one.messages.last()).toContainText("All checks passed");
  }
  await expect.poll(() => other.shown()).toEqual(await desk.shown());
  expect(await other.said()).toEqual(await desk.said());
});
