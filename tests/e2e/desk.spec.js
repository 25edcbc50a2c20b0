// Projects, chat and the frame around them: finding, renaming, deleting, colours, sizes, and what is said aloud.

import { existsSync } from "node:fs";
import { Desk } from "./support/desk.js";
import { expect, test } from "./support/fixtures.js";
import { Scar } from "./support/scar.js";

const background = (/** @type {import("@playwright/test").Page} */ page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
const LIGHT = "rgb(244, 245, 247)";
const DARK = "rgb(14, 17, 22)";

test.describe("the frame", () => {
  test("the first visit says what each pane is for, until it was read, and again when asked", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    for (const [pane, words] of /** @type {[import("@playwright/test").Locator, string][]} */ ([
      [desk.projects, "Your projects"], [desk.chat, "Here you say in your own words"], [desk.activity, "Here you watch the work"],
    ])) await expect(pane.getByText(words)).toBeVisible();
    await desk.chat.getByRole("button", { name: "Got it" }).click();
    await expect(page.getByRole("button", { name: "Got it" })).toHaveCount(0);
    await page.reload();
    await desk.isLive();
    await expect(page.getByRole("button", { name: "Got it" })).toHaveCount(0);

    await page.getByRole("button", { name: "Menu", exact: true }).click();
    await page.getByRole("menuitem", { name: "Explain the three panes" }).click();
    await expect(desk.activity.getByText("Here you watch the work")).toBeVisible();
  });

  test("light or dark as chosen, in every tab, from the first paint on; else as the system", async ({ server, shop, page, context, desk }) => {
    await page.emulateMedia({ colorScheme: "light" });
    await desk.open(server, shop.id);
    expect(await background(page)).toBe(LIGHT);
    const other = await context.newPage();
    await other.emulateMedia({ colorScheme: "light" });
    await new Desk(other).open(server, shop.id);

    await page.getByRole("button", { name: "Menu", exact: true }).click();
    await expect(page.getByRole("menuitemradio", { name: "As the system" })).toBeFocused();
    await page.getByRole("menuitemradio", { name: "Dark" }).click();
    await expect(page.getByRole("menuitemradio", { name: "Dark" })).toBeChecked();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("button", { name: "Menu", exact: true })).toBeFocused();
    for (const one of [page, other]) await expect.poll(() => background(one)).toBe(DARK);

    // Before anything of the page's own modules has run, which are held back for that.
    let go = () => {};
    const seen = new Promise((resolve) => { go = () => resolve(undefined); });
    await page.route("**/main.js", async (route) => {
      await seen;
      await route.continue();
    });
    await page.goto(server.url, { waitUntil: "commit" });
    await page.locator(".boot").waitFor({ state: "attached" });
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("dark");
    go();
    await desk.isLive();
    await page.getByRole("button", { name: "Menu", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "As the system" }).click();
    await expect.poll(() => background(page)).toBe(LIGHT);
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(() => background(page)).toBe(DARK);
  });

  test("the panes are as wide as they were made, by hand and by keyboard, and a double click resets them", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    const width = async (/** @type {import("@playwright/test").Locator} */ pane) => Math.round((await pane.boundingBox())?.width ?? 0);
    const handle = page.getByRole("separator", { name: "Width of the projects pane" });
    const right = page.getByRole("separator", { name: "Width of the activity pane" });
    const box = await handle.boundingBox();
    if (!box) throw new Error("The handle is not there.");
    await page.mouse.move(box.x, 400);
    await page.mouse.down();
    await page.mouse.move(box.x + 60, 400, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => width(desk.projects)).toBe(324);
    await right.press("ArrowLeft");
    await expect.poll(() => width(desk.activity)).toBe(444);
    await expect(right).toHaveAttribute("aria-valuenow", "444");
    await page.reload();
    await desk.isLive();
    expect([await width(desk.projects), await width(desk.activity)]).toEqual([324, 444]);
    await handle.dblclick();
    await right.press("Enter");
    await expect.poll(async () => [await width(desk.projects), await width(desk.activity)]).toEqual([264, 420]);
  });
});

test.describe("the list of projects", () => {
  test("one is found by a part of its name, and Enter opens it", async ({ server, checkout, page, desk }) => {
    for (const name of ["Bakery", "Library", "Newsletter", "Accounts", "Old library"]) await server.createProject(name, checkout(name.toLowerCase().replace(" ", "-")));
    await page.goto(server.url);
    await desk.isLive();
    const search = desk.projects.getByRole("textbox", { name: "Find a project" });
    const links = desk.projects.getByRole("link");
    await search.fill("librar");
    await expect(links).toHaveCount(2);
    await search.fill("old librar");
    await search.press("Enter");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Old library");
    await expect(links).toHaveCount(5);
    await search.fill("nothing like it");
    await expect(desk.projects.getByText("No project has “nothing like it” in its name.")).toBeVisible();
    await search.press("Escape");
    await expect(search).toHaveValue("");
    await expect(links).toHaveCount(5);
  });

  test("what happened elsewhere is marked until it was looked at", async ({ server, shop, checkout, page, desk }) => {
    const { id } = await server.createProject("Library", checkout("library"));
    const shopLink = desk.projects.getByRole("link", { name: "Web shop" });
    await desk.open(server, shop.id);
    await desk.projects.getByRole("link", { name: "Library" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Library");
    await desk.isLive();
    await expect(shopLink).not.toContainText("New since you looked");
    await server.ask("POST", `/api/projects/${shop.id}/messages`, { content: "hello" });
    await expect(shopLink).toContainText("New since you looked");
    await page.reload();
    await expect(shopLink).toContainText("New since you looked");
    await shopLink.click();
    await expect(desk.messages).toHaveCount(2);
    await desk.projects.getByRole("link", { name: "Library" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Library");
    await expect(shopLink).not.toContainText("New since you looked");
    expect(id).toBeTruthy();
  });

  test("a project is renamed and described from its menu, with the keyboard alone", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await desk.menuOf("Web shop").press("Enter");
    const items = page.getByRole("menuitem");
    await expect(items.first()).toBeFocused();
    await page.keyboard.press("ArrowUp");
    await expect(items.last()).toBeFocused();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Project settings" });
    await expect(dialog.getByLabel("Name")).toBeFocused();
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type("Tea shop");
    await page.keyboard.press("Enter");
    await expect(dialog).toBeHidden();
    await expect(desk.projects.getByRole("link", { name: "Tea shop" })).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Tea shop");
    await expect(desk.menuOf("Tea shop")).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(items.first()).toBeFocused();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(dialog.getByLabel("Description")).toBeFocused();
    await dialog.getByLabel("Description").fill("Sells tea");
    await dialog.getByRole("button", { name: "Save" }).click();
    await expect(dialog).toBeHidden();
    await expect.poll(async () => (await server.ask("GET", `/api/projects/${shop.id}`)).description).toBe("Sells tea");
  });

  test("a project is deleted after a question, in every tab, and its folder stays", async ({ server, shop, checkout, page, context, desk, browserErrors }) => {
    browserErrors.expectRefusal(409, `/api/projects/${shop.id}`);
    await server.createProject("Library", checkout("library"));
    await desk.open(server, shop.id);
    const other = new Desk(await context.newPage());
    await other.open(server, shop.id);
    await desk.say("run validation");
    await expect(desk.step("The checks begin")).toBeVisible();

    const dialog = page.getByRole("dialog", { name: "Delete “Web shop”?" });
    const ask = async () => {
      await desk.menuOf("Web shop").click();
      await page.getByRole("menuitem", { name: "Delete…" }).click();
      await expect(dialog).toContainText("every step that was recorded");
      await expect(dialog).toContainText(shop.path);
    };
    await ask();
    await expect(dialog).toContainText("Running the checks has not ended");
    await expect(dialog.getByRole("button", { name: "Keep it" })).toBeFocused();
    await dialog.getByRole("button", { name: "Delete project" }).click();
    await expect(dialog.getByRole("alert")).toContainText(/run|stop|wait/i);
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await expect(dialog).toBeHidden();
    await expect(desk.projects.getByRole("link", { name: "Web shop" })).toBeVisible();

    shop.checks.pass();
    await expect(desk.verdict).toHaveText("done");
    await ask();
    await dialog.getByRole("button", { name: "Delete project" }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Library");
    for (const one of [desk, other]) await expect(one.projects.getByRole("link", { name: "Web shop" })).toHaveCount(0);
    await expect(other.chat.getByRole("heading", { name: "This project was deleted" })).toBeVisible();
    expect(existsSync(shop.path)).toBe(true);
    expect((await server.ask("GET", "/api/projects")).map((/** @type {any} */ one) => one.name)).toEqual(["Library"]);
  });

  test("without its last project the page is as on the first day", async ({ server, checkout, page, desk }) => {
    const { id } = await server.createProject("Library", checkout("library"));
    await desk.open(server, id);
    await page.getByRole("button", { name: "Project settings" }).click();
    await page.getByRole("button", { name: "Delete this project…" }).click();
    await page.getByRole("button", { name: "Delete project" }).click();
    await expect(desk.chat.getByRole("heading", { name: "Add your first project" })).toBeVisible();
    await page.reload();
    await expect(desk.chat.getByRole("heading", { name: "Add your first project" })).toBeVisible();
  });
});

test("how a command ended and what was answered is said to a screen reader, once and in one place", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  const heard = await desk.listen();
  await desk.say("run validation");
  await expect.poll(heard).toContain("Project manager: I'm running the project's checks now.");
  shop.checks.say("one of one");
  shop.checks.pass();
  await expect.poll(heard).toContain("All checks passed");
  const all = await heard();
  for (const words of ["Run the checks: done.", "I'm running the project's checks now", "All checks passed"]) expect(all.split(words)).toHaveLength(2);
  expect(all).not.toContain("one of one");
  const others = page.locator(":is([role=status], [role=log]:not([aria-live=off]), [aria-live=polite]):not([data-testid=announcer])");
  expect((await others.allTextContents()).join("\n")).not.toMatch(/checks|one of one/);
});

test("code in a message has its colours and is copied with one press", async ({ launch, page, context, desk }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const scar = await new Scar().start();
  try {
    const server = await launch({ settings: { SCAR_BASE_URL: scar.url } });
    const { id } = await server.ask("POST", "/api/projects", { name: "Web shop", github_repo_url: "https://github.com/acme/demo-shop" });
    await desk.open(server, id);
    await desk.say("analyze the codebase");
    await expect.poll(() => scar.posts.length).toBe(2);
    expect(await page.evaluate(() => performance.getEntriesByType("resource").filter((one) => one.name.includes("/highlight/")).length)).toBe(0);
    const code = "// <b>adds</b> up\nexport const total = (a) => a * 3;\n";
    scar.say(`So it is:\n\n\`\`\`js\n${code}\`\`\`\n\n\`\`\`no-such-language\nplain <i>text</i>\n\`\`\`\n`);
    scar.end();
    const block = desk.messages.last().locator(".code").first();
    await expect(block.locator(".hljs-keyword").first()).toHaveText("export");
    await expect(block.locator(".hljs-comment")).toHaveText("// <b>adds</b> up");
    await expect(desk.messages.last().locator(".code").last().locator("code")).toHaveText("plain <i>text</i>");
    const loaded = await page.evaluate(() => performance.getEntriesByType("resource").map((one) => one.name.split("/highlight/")[1]).filter(Boolean).sort());
    expect(loaded).toEqual(["core.js", "javascript.js"]);
    await block.hover();
    await block.getByRole("button", { name: "Copy" }).click();
    await expect(block.getByRole("button", { name: "Copied" })).toBeVisible();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code.trimEnd());
  } finally {
    await scar.kill();
  }
});
