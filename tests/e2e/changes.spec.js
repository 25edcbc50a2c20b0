// What a coding agent changed and nobody has taken over yet: told in the list of projects, read file by file, and the copy
// taken away in which it was made.

import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { edits } from "./support/acp.js";
import { FILES, expect, test } from "./support/agent.js";

const BETTER = "export const total = (cart) => cart.length;\n";

/** It changes a file, makes one with nothing after its last line, and commits both; then it begins a third. */
const WORK = [
  { write: { path: "src/cart.js", text: BETTER } }, edits("1", "src/cart.js", FILES["src/cart.js"], BETTER),
  { write: { path: "src/discount codes.js", text: "<script>window.probed = 1</script>" } },
  { run: ["git", "add", "."] }, { run: ["git", "-c", "user.name=Agent", "-c", "user.email=agent@example.org", "commit", "--quiet", "--message=Sum the cart"] },
  { write: { path: "notes.md", text: "To be done\n" } },
];

/** @param {import("@playwright/test").Page} page */
const parts = (page) => {
  const list = page.getByRole("navigation", { name: "Projects" }).getByRole("list", { name: "What was changed" });
  const dialog = page.getByRole("dialog", { name: "sum-the-cart" });
  return { list, dialog, own: list.getByRole("button", { name: /^sum-the-cart/ }), files: dialog.locator(".changed-file"), removal: dialog.getByRole("group", { name: "Remove this copy?" }) };
};

/** Has the feature built. @param {import("./support/agent.js").Studio} studio */
const build = ({ server, id }) => server.ask("POST", `/api/projects/${id}/executions`, { command: "execute-github", args: "sum the cart" });

test("what was changed is told in the list when something was, and read file by file", async ({ studio, agent, page, desk }) => {
  agent.follows({ turns: [{ when: "Carry out", do: WORK }] });
  await desk.open(studio.server, studio.id);
  const { list, own, dialog, files } = parts(page);
  await desk.say("analyze the codebase");
  await expect(desk.verdict).toHaveText("done");
  await expect(list).toBeHidden();
  await build(studio);
  await expect(own).toContainText("2 changes");
  await own.click();
  await expect(dialog).toContainText("1 commit, 1 file not committed yet, compared with main");
  await expect(dialog.getByText(studio.copy)).toBeVisible();
  await expect(files.locator(".changed-path")).toHaveText(["src/cart.js", "src/discount codes.js", "notes.md"]);
  await expect(files.locator(".badge")).toHaveText(["new", "new"]);
  await expect(dialog.getByRole("region", { name: "Changes to src/cart.js" }).locator("[data-sort]")).toHaveText([`removed: −${FILES["src/cart.js"].trim()}`, `added: +${BETTER.trim()}`]);
  await expect(dialog.getByRole("region", { name: "Changes to src/discount codes.js" })).toContainText("<script>");
  expect(await page.evaluate(() => /** @type {any} */ (window).probed)).toBeUndefined();
  await files.first().getByRole("button").click();
  await expect(dialog.getByRole("region", { name: "Changes to src/cart.js" })).toBeHidden();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`))).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(own).toBeFocused();
  // Nothing of it is in the person's own folder.
  expect(readFileSync(join(studio.path, "src/cart.js"), "utf8")).toBe(FILES["src/cart.js"]);
});

test("a copy is not taken away with what is not committed, and its branch stays when it is", async ({ studio, agent, page, desk, browserErrors }) => {
  browserErrors.expectRefusal(409, /\/worktrees\/copy/);
  agent.does(WORK);
  await build(studio);
  await desk.open(studio.server, studio.id);
  const { own, dialog, files, removal } = parts(page);
  await expect(desk.verdict).toHaveText("done");
  await expect(own).toContainText("2 changes");
  await own.click();
  const remove = dialog.getByRole("button", { name: "Remove this copy…" });
  const yes = removal.getByRole("button", { name: "Remove", exact: true });
  await remove.click();
  await expect(removal.getByRole("button", { name: "Keep it" })).toBeFocused();
  await yes.click();
  await expect(removal.getByRole("alert")).toContainText("Something in the copy is not committed (1 file)");
  expect(existsSync(join(studio.copy, "notes.md"))).toBe(true);
  await removal.getByRole("button", { name: "Keep it" }).click();
  await page.keyboard.press("Escape");

  rmSync(join(studio.copy, "notes.md"));
  await own.click();
  await remove.click();
  await yes.click();
  await expect(dialog).toBeHidden();
  expect(existsSync(studio.copy)).toBe(false);
  await expect(own).toContainText("1 change");
  await own.click();
  await expect(files.locator(".changed-path")).toHaveText(["src/cart.js", "src/discount codes.js"]);
  await expect(remove).toBeHidden();
});

test("what is shown of a copy follows the command that works in it", async ({ studio, agent, page, desk }) => {
  agent.does([...WORK.slice(0, 2), agent.waitsFor("more"), ...WORK.slice(2)]);
  await build(studio);
  await desk.open(studio.server, studio.id);
  const { own, dialog, files } = parts(page);
  await expect(own).toContainText("1 change");
  await own.click();
  await expect(files.locator(".changed-path")).toHaveText(["src/cart.js"]);
  await files.getByRole("button").click();
  agent.goOn("more");
  await expect(files.locator(".changed-path")).toHaveText(["src/cart.js", "src/discount codes.js", "notes.md"]);
  await expect(dialog).toContainText("1 commit, 1 file not committed yet");
  await expect(files.first().getByRole("button", { expanded: false })).toBeVisible();
});

test("a copy in which a command works is not taken away", async ({ studio, agent, page, desk, browserErrors }) => {
  browserErrors.expectRefusal(409, /\/worktrees\/copy/);
  agent.does([...WORK, agent.waitsFor("end")]);
  await build(studio);
  await desk.open(studio.server, studio.id);
  const { own, dialog, removal } = parts(page);
  await expect(own).toContainText("2 changes");
  await own.click();
  await dialog.getByRole("button", { name: "Remove this copy…" }).click();
  await expect(removal).toContainText("A command works in it just now.");
  await removal.getByRole("button", { name: "Remove", exact: true }).click();
  await expect(removal.getByRole("alert")).toContainText("stop that first");
  expect(existsSync(studio.copy)).toBe(true);
  agent.goOn("end");
});

test("what was changed is found in the palette", async ({ studio, agent, page, desk }) => {
  agent.does(WORK);
  await build(studio);
  await desk.open(studio.server, studio.id);
  const { own, dialog } = parts(page);
  await expect(own).toContainText("2 changes");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("sum-the-cart");
  await page.keyboard.press("Enter");
  await expect(dialog).toContainText("1 commit");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("a change is read with a thumb, and nothing is wider than the screen", async ({ studio, agent, page, desk }) => {
    agent.does(WORK);
    await build(studio);
    await desk.open(studio.server, studio.id);
    const { own, dialog, removal } = parts(page);
    await page.getByRole("tab", { name: "Projects" }).tap();
    await expect(own).toContainText("2 changes");
    await own.tap();
    await expect(dialog.getByRole("region", { name: "Changes to src/cart.js" })).toBeVisible();
    expect(await desk.tooWide()).toEqual([]);
    await dialog.getByRole("button", { name: "Remove this copy…" }).tap();
    await expect(removal).toBeVisible();
    const small = await dialog.getByRole("button").evaluateAll((all) => all
      .filter((one) => one.getBoundingClientRect().height < 43.5).map((one) => one.getAttribute("aria-label") ?? one.textContent));
    expect(small).toEqual([]);
  });
});
