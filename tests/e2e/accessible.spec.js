// axe finds nothing wrong: in light and in dark, on a laptop and on a phone, in each state a person meets.

import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./support/fixtures.js";

/** What is wrong, by rule and place. @param {import("@playwright/test").Page} page */
async function problems(page) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.target} ${node.any[0]?.message ?? ""}`));
}

// A look of axe at all of the page takes seconds where the machine is busy, and some tests take several.
test.describe.configure({ timeout: 180_000 });
// Nothing is halfway between two colours while it is looked at.
test.use({ reducedMotion: "reduce" });

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("before there is a project, and while one is made", async ({ server, page, desk, browserErrors }) => {
      browserErrors.expectRefusal(422, "/api/projects");
      await page.goto(server.url);
      await expect(desk.chat.getByRole("heading", { name: "Add your first project" })).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await page.getByRole("button", { name: "Menu", exact: true }).click();
      await expect(page.getByRole("menu", { name: "Menu" })).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await desk.projects.getByRole("button", { name: "New project" }).click();
      await desk.dialog.getByLabel("Name").fill("Web shop");
      await desk.dialog.getByLabel("Folder").fill("web-shop");
      await desk.dialog.getByRole("button", { name: "Create project" }).click();
      await expect(desk.dialog.getByLabel("Folder")).toHaveAccessibleDescription(/full path/i);
      expect(await problems(page)).toEqual([]);
    });

    test("while something runs and waits, and when it failed", async ({ server, shop, checkout, page, desk }) => {
      for (const name of ["Bakery", "Library", "Newsletter", "Accounts"]) await server.createProject(name, checkout(name.toLowerCase()));
      await desk.open(server, shop.id);
      await desk.say("analyze the codebase");
      await expect(desk.messages).toHaveCount(3);
      await desk.say("run validation");
      await expect(desk.step("The checks begin")).toBeVisible();
      await desk.say("and then tell me about it");
      await expect(desk.queue.getByText("and then tell me about it")).toBeVisible();
      await desk.composer.fill("half a thought");
      await desk.show("All");
      await desk.openAll(desk.activity);
      await desk.queue.getByRole("button", { name: "Edit" }).click();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Escape");
      shop.checks.fail();
      await expect(desk.commands.last().locator(".badge")).toHaveText("failed");
      await expect(desk.queue).toBeHidden();
      expect(await problems(page)).toEqual([]);
    });

    test("in an empty chat, in a project's menu and in its dialogs", async ({ server, shop, page, desk }) => {
      await desk.open(server, shop.id);
      await expect(desk.chat.getByRole("heading", { name: "What should we do?" })).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await desk.menuOf("Web shop").click();
      await expect(page.getByRole("menu", { name: "More about Web shop" })).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await page.getByRole("menuitem", { name: "Delete…" }).click();
      await expect(page.getByRole("dialog", { name: "Delete “Web shop”?" })).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Project settings" }).click();
      await expect(page.getByRole("dialog", { name: "Project settings" })).toBeVisible();
      expect(await problems(page)).toEqual([]);
    });

    test("while steps are filtered, searched and linked to, in the palette and in the help", async ({ server, shop, page, desk }) => {
      await desk.open(server, shop.id);
      await desk.say("analyze the codebase");
      await expect(desk.messages).toHaveCount(3);
      await desk.choose("Messages");
      await expect(desk.toolbarSays(/^Showing/)).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await desk.activity.getByRole("button", { name: "Save or copy the steps" }).click();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await desk.search("codebase");
      await expect(desk.target).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await page.goto(`${server.url}/#/p/${shop.id}/a/9999`);
      await expect(desk.activity.getByText("Step 9999 has not happened yet")).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Control+k");
      await page.keyboard.type("keys");
      await expect(desk.palette.getByRole("option")).not.toHaveCount(0);
      expect(await problems(page)).toEqual([]);
      await page.keyboard.press("Enter");
      await expect(desk.help).toBeVisible();
      expect(await problems(page)).toEqual([]);
    });

    test("on a phone, in each of its tabs", async ({ server, shop, page, desk }) => {
      await page.setViewportSize({ width: 390, height: 844 });
      await desk.open(server, shop.id);
      await desk.say("run validation");
      await expect(desk.stopButton).toBeVisible();
      for (const name of ["Projects", "Chat", "Activity"]) {
        await page.getByRole("tab", { name }).click();
        expect(await problems(page), name).toEqual([]);
      }
      await page.getByRole("tab", { name: "Projects" }).click();
      await desk.menuOf("Web shop").click();
      expect(await problems(page)).toEqual([]);
    });

    test("when the project is not there, and when the server is not", async ({ server, shop, page, desk, browserErrors }) => {
      const id = "0192f0c0-0000-7000-8000-000000000000";
      for (const path of ["/messages", "/executions", "/workflow", "/gates", "/worktrees", "/branches", ""]) browserErrors.expectRefusal(404, `/api/projects/${id}${path}`);
      for (const path of ["/api/sse/scar/", "/api/ws/chat/", "/api/diagnostics/sse/", "/api/documents/list/"]) browserErrors.expectRefusal(404, path + id);
      await page.goto(`${server.url}/#/p/${id}`);
      await expect(desk.chat.getByRole("heading", { name: "There is no such project" })).toBeVisible();
      expect(await problems(page)).toEqual([]);
      await desk.open(server, shop.id);
      await server.kill();
      await desk.say("hello");
      await expect(desk.pill).not.toHaveText(/^Live/);
      await expect(desk.chat.getByText("waiting for the server")).toBeVisible();
      expect(await problems(page)).toEqual([]);
    });
  });
}
