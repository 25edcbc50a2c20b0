// Commands in SCAR, as the person in front of the page sees them.

import { expect, test as base } from "./support/fixtures.js";
import { Scar } from "./support/scar.js";
import { writeVision } from "./support/vision.js";

/** @type {import("@playwright/test").Fixtures<{ scar: Scar, served: { server: import("./support/server.js").Server, id: string } }, {}, import("./support/fixtures.js").All, import("./support/fixtures.js").UsualOfWorker>} */
const fixtures = {
  scar: async ({}, use) => {
    const scar = await new Scar().start();
    await use(scar);
    await scar.kill().catch(() => {});
  },
  /** A server in front of it, with a project that needs no folder. */
  served: async ({ launch, scar }, use) => {
    const server = await launch({ settings: { SCAR_BASE_URL: scar.url, PM__SCAR__STALL_SECONDS: "1" } });
    const { id } = await server.ask("POST", "/api/projects", { name: "Web shop", github_repo_url: "https://github.com/acme/demo-shop" });
    await use({ server, id });
  },
};
const test = base.extend(fixtures);

test("what the coding agent does in SCAR is on the screen while it happens", async ({ served, scar, page, desk }) => {
  await desk.open(served.server, served.id);
  await expect(desk.projects).toContainText(scar.url);
  await desk.say("plan discount codes");
  await expect.poll(() => scar.posts).toEqual(["/repo demo-shop", '/command-invoke plan-feature-github "discount codes"']);
  scar.say("🔧 READ\nReading: /workspace/demo-shop/src/cart.js");
  await expect(desk.step("Read src/cart.js")).toBeVisible();
  scar.say("🔧 WRITE\nWriting: /workspace/demo-shop/.agents/plans/discount.md");
  await expect(desk.step("Wrote .agents/plans/discount.md")).toBeVisible();
  scar.say('🔧 TODOWRITE\n{"todos":[{"content":"Add discount()","status":"in_progress","activeForm":"Addin...');
  await expect(desk.step("Plan: Add discount()")).toBeVisible();
  await expect(desk.step("Silent for")).toBeVisible();
  await expect(desk.verdict).toHaveText("stalled");
  scar.say("XSS probe <img src=x onerror=\"window.probed = 1\"> <script>window.probed = 2</script> **bold**");
  scar.end();
  await expect(desk.verdict).toHaveText("done");
  await expect(desk.messages.last()).toContainText("bold");
  expect(await page.evaluate(() => /** @type {any} */ (window).probed)).toBeUndefined();
});

test("a SCAR that goes away is said to be away, and its restart ends the command in words", async ({ served, scar, desk }) => {
  await desk.open(served.server, served.id);
  await desk.say("analyze the codebase");
  await expect.poll(() => scar.posts.length).toBe(2);
  scar.say("Working.");
  await expect(desk.step("Working.")).toBeVisible();
  await scar.kill();
  await expect(desk.activity.getByText("SCAR, where commands run, is not answering.")).toBeVisible();
  await expect(desk.step("does not answer")).toBeVisible();
  await expect(desk.verdict).toHaveText("stalled");
  await expect(desk.projects.getByRole("link", { name: "Web shop" })).toContainText("Stalled");
  await scar.start();
  await expect(desk.verdict).toHaveText("failed");
  await expect(desk.activity.getByText("SCAR, where commands run, is not answering.")).toBeHidden();
  await expect(desk.step("Working.")).toBeVisible();
  await expect(desk.messages.last()).toContainText("SCAR restarted in the middle");
});

test("a project's settings are changed in their dialog, also where its commands run", async ({ served, scar, checkout, page, desk, browserErrors }) => {
  browserErrors.expectRefusal(422, `/api/projects/${served.id}`);
  const path = checkout("web-shop");
  await desk.open(served.server, served.id);
  await page.getByRole("button", { name: "Project settings" }).click();
  const dialog = page.getByRole("dialog", { name: "Project settings" });
  await expect(dialog.getByLabel("GitHub repository")).toHaveValue("https://github.com/acme/demo-shop");
  await dialog.getByLabel("Name").fill("Tea shop");
  await dialog.getByLabel("Folder").fill("nowhere");
  await dialog.getByLabel("Where its commands run").selectOption("offline");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog.getByLabel("Folder")).toHaveAccessibleDescription(/full path/);
  await dialog.getByLabel("Folder").fill(path);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tea shop");
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  expect(scar.posts).toEqual([]);
});

test("the plan of a workflow is a document to be read before it is approved", async ({ served: { server, id }, scar, page, desk }) => {
  const { id: gate } = await writeVision(server, id);
  await server.ask("POST", `/api/gates/${gate}/approve`, {});
  await desk.open(server, id);
  for (const [command, words] of [["prime", "It is a shop."], ["plan-feature-github", "First a basket, then a search."]]) {
    await expect.poll(() => scar.posts.at(-1)).toContain(`/command-invoke ${command}`);
    scar.say(words);
    await expect(desk.step(words).first()).toBeVisible();
    scar.end();
  }
  await expect(desk.chat.getByRole("heading", { name: "Shall this plan be built?" })).toBeVisible();
  const dialog = page.getByRole("dialog", { name: /^Plan: An online shop/ });
  for (const way of [desk.projects.getByRole("button", { name: /^Plan: An online shop/ }), desk.chat.getByRole("button", { name: "Read the document" })]) {
    await way.click();
    await expect(dialog).toContainText("First a basket, then a search.");
    await page.keyboard.press("Escape");
    await expect(way).toBeFocused();
  }
});
