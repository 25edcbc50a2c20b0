// What waits for a person: seen wherever they look, answered once, by whoever is first.

import AxeBuilder from "@axe-core/playwright";
import { Desk } from "./support/desk.js";
import { expect, test } from "./support/fixtures.js";
import { look } from "./support/tab.js";
import { openGate, writeVision } from "./support/vision.js";

const QUESTION = "Is this vision document what you want?";

/** @param {import("@playwright/test").Page} page */
const parts = (page) => {
  const chat = page.getByRole("region", { name: "Chat", exact: true });
  const gates = chat.getByRole("region", { name: "Waiting for you" });
  return {
    gates, card: gates.getByRole("article"), approve: gates.getByRole("button", { name: "Approve", exact: true }), reject: gates.getByRole("button", { name: "Reject…" }),
    reason: gates.getByRole("textbox", { name: "Why do you reject it?" }), send: gates.getByRole("button", { name: "Reject", exact: true }),
    workflow: chat.getByRole("region", { name: "Workflow" }), current: chat.locator("[aria-current=step]"),
  };
};

test("a gate is pinned above the message box, said everywhere, and there after a reload", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  const { gates, card, workflow, current } = parts(page);
  await expect(gates).toBeHidden();
  await expect(workflow).toBeHidden();
  const heard = await desk.listen();
  await writeVision(server, shop.id);
  const isThere = async () => {
    await expect(card).toHaveCount(1);
    await expect(card.getByRole("heading", { name: QUESTION })).toBeVisible();
    for (const term of ["What", "Why", "What happens next"]) await expect(card.getByText(term, { exact: true })).toBeVisible();
    await expect(current).toHaveText("1 of 5: Vision Document Review, waiting for you", { useInnerText: false });
    await expect(desk.projects.getByRole("heading", { name: "Needs you" })).toBeVisible();
    await expect(desk.projects.getByRole("link", { name: /Web shop.*Waiting for you/ })).toBeVisible();
    await expect(page).toHaveTitle("? Waiting for you · Web shop · Project Manager");
  };
  await isThere();
  const asked = desk.activity.locator("[data-kind=gate]");
  await expect(asked).toHaveCount(1);
  await expect(asked.getByRole("button", { expanded: false })).toBeVisible();
  await asked.getByRole("button", { expanded: false }).click();
  await expect(asked.getByText("What happens next", { exact: true })).toBeVisible();
  await expect.poll(heard).toContain(`Waiting for your approval: ${QUESTION}`);
  await page.reload();
  await desk.isLive();
  await isThere();
});

test("whoever has an idea and nothing else is asked for it", async ({ server, shop, desk }) => {
  await desk.open(server, shop.id);
  await desk.chat.getByRole("button", { name: "I have an idea" }).click();
  await expect(desk.messages.last()).toContainText("What is it that you want to have built?");
});

test("one click approves, the work goes on, and other windows follow", async ({ server, shop, context, page, desk }) => {
  await writeVision(server, shop.id);
  await desk.open(server, shop.id);
  const other = new Desk(await context.newPage());
  await other.open(server, shop.id);
  await expect(parts(other.page).card).toHaveCount(1);
  const heard = await desk.listen();
  await parts(page).approve.click();
  for (const one of [desk, other]) {
    await expect(parts(one.page).gates).toBeHidden();
    await expect(one.activity.locator("[data-kind=gate][data-status=APPROVED]")).toHaveCount(1);
    await expect(one.projects.getByRole("heading", { name: "Needs you" })).toBeHidden();
    // The code is read here; a plan needs a coding agent, and there is none.
    await expect(parts(one.page).current).toHaveText("3 of 5: Plan Feature, failed", { useInnerText: false });
  }
  await expect.poll(heard).toContain(`Approved: ${QUESTION}`);
  await expect(desk.composer).toBeFocused();
  await page.reload();
  await desk.isLive();
  await expect(parts(page).current).toBeVisible();
  await expect(parts(page).gates).toBeHidden();
});

test("to reject one says why, by keyboard alone, and continues when it is to be asked again", async ({ server, shop, page, desk }) => {
  await writeVision(server, shop.id);
  await desk.open(server, shop.id);
  const { card, reject, reason, gates, workflow, current } = parts(page);
  await reject.focus();
  await page.keyboard.press("Enter");
  await expect(reason).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(reject).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(reason).toBeFocused();
  await page.keyboard.type("   ");
  await page.keyboard.press("Enter");
  await expect(card.getByRole("alert")).toContainText("what should be different");
  await expect(reason).toBeFocused();
  await page.keyboard.type("Cups are not enough");
  await page.keyboard.press("Enter");
  await expect(gates).toBeHidden();
  await expect(desk.activity.locator("[data-kind=gate][data-status=REJECTED]")).toContainText("Cups are not enough");
  await expect(current).toHaveText("1 of 5: Vision Document Review, paused", { useInnerText: false });
  await expect(desk.projects.getByRole("link", { name: /Web shop.*Paused until you continue/ })).toBeVisible();
  await workflow.getByRole("button", { name: "Continue" }).click();
  await expect(card.getByRole("heading", { name: QUESTION })).toBeVisible();
  await expect(workflow.getByRole("button", { name: "Continue" })).toBeHidden();
});

test("what is decided elsewhere while one writes is shown with the decision, and nothing written is lost", async ({ server, shop, page, desk }) => {
  const { id } = await writeVision(server, shop.id);
  await desk.open(server, shop.id);
  const { card, reject, reason, gates } = parts(page);
  await reject.click();
  await reason.fill("Not in blue");
  await server.ask("POST", `/api/gates/${id}/approve`, {});
  await expect(card).toContainText("Approved");
  await expect(card).toContainText("What you had written is in the message box");
  await expect(desk.composer).toHaveValue("Not in blue");
  await card.getByRole("button", { name: "Close" }).click();
  await expect(gates).toBeHidden();
});

test("of two who decide the first is right, and the second is told", async ({ server, shop, page, desk, browserErrors }) => {
  const { id } = await writeVision(server, shop.id);
  browserErrors.expectRefusal(409, `/api/gates/${id}/approve`);
  await page.route("**/approve", async (route) => {
    await server.ask("POST", `/api/gates/${id}/reject`, { reason: "Too small" });
    await route.continue();
  });
  await desk.open(server, shop.id);
  const { approve, card } = parts(page);
  await approve.click();
  await expect(card).toContainText("Rejected");
  await expect(card).toContainText("Too small");
});

test("a decision that could not be stored says so, and works when it is tried again", async ({ server, shop, page, desk }) => {
  await writeVision(server, shop.id);
  await desk.open(server, shop.id);
  const { approve, card, gates } = parts(page);
  await server.kill();
  await approve.click();
  await expect(card.getByRole("alert")).toContainText("cannot be reached");
  await server.start();
  await desk.isLive();
  await expect(approve).toBeVisible();
  await approve.click();
  await expect(gates).toBeHidden();
});

test("who looks elsewhere sees it in the title and the icon", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await expect(page).toHaveTitle("Web shop · Project Manager");
  await look(page, false);
  await writeVision(server, shop.id);
  await expect(page).toHaveTitle(/\? Waiting for your approval · Web shop · Project Manager$/);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", "/icons/turn.svg");
  await expect(page.getByText("Something began to wait for your approval while you looked elsewhere.")).toBeVisible();
});

test("gates and phases are found by the filter", async ({ server, shop, page, desk }) => {
  await writeVision(server, shop.id);
  await desk.open(server, shop.id);
  await desk.choose("Approvals");
  await expect(desk.toolbarSays(/^Showing/)).toBeVisible();
  await expect(desk.steps).toHaveCount(1);
  await expect(desk.steps).toHaveAttribute("data-kind", "gate");
  await desk.choose("Approvals");
  await desk.activity.getByRole("combobox", { name: "Phase" }).selectOption("Vision Document Review");
  await expect(desk.toolbarSays(/^Showing/)).toBeVisible();
  await expect(desk.activity.locator("[data-kind=phase]")).toHaveCount(1);
  await page.keyboard.press("Escape");
});

test("a workflow that failed continues, and starts over when it was asked twice", async ({ server, shop, page, desk }) => {
  const { id } = await writeVision(server, shop.id);
  await server.ask("POST", `/api/gates/${id}/approve`, {});
  await desk.open(server, shop.id);
  const { workflow, current } = parts(page);
  await expect(current).toHaveText("3 of 5: Plan Feature, failed", { useInnerText: false });
  await expect(desk.commands).toHaveCount(2);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("continue the workflow");
  await page.keyboard.press("Enter");
  await expect(desk.commands).toHaveCount(3);
  await expect(current).toHaveText("3 of 5: Plan Feature, failed", { useInnerText: false });

  await workflow.getByRole("button", { name: "More about the workflow" }).click();
  await page.getByRole("menuitem", { name: "Start over…" }).click();
  const dialog = page.getByRole("dialog", { name: "Start the workflow over?" });
  await expect(dialog.getByRole("button", { name: "Leave it as it is" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog).toBeHidden();
  await expect(current).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("start the workflow over");
  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Start over", exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(workflow).toBeHidden();
});

test("what waits is no longer asked when the workflow starts over", async ({ server, shop, page, desk }) => {
  await writeVision(server, shop.id);
  await desk.open(server, shop.id);
  const { gates, card, workflow } = parts(page);
  await expect(card).toHaveCount(1);
  await server.ask("POST", `/api/projects/${shop.id}/workflow/reset`);
  await expect(gates).toBeHidden();
  await expect(workflow).toBeHidden();
});

test("a document is read in the page, from the list, the palette and the gate, and taken along", async ({ server, shop, context, page, desk }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await desk.open(server, shop.id);
  await expect(desk.projects.getByRole("list", { name: "Documents" })).toBeHidden();
  await writeVision(server, shop.id);
  const dialog = page.getByRole("dialog", { name: "Vision document" });
  const own = desk.projects.getByRole("button", { name: "Vision document" });
  await own.click();
  await expect(dialog).toContainText("An online shop for pottery");
  await dialog.getByRole("button", { name: "Copy", exact: true }).click();
  await expect(page.getByText("Document copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("An online shop for pottery");
  const download = page.waitForEvent("download");
  await dialog.getByRole("link", { name: "Download" }).click();
  expect((await download).suggestedFilename()).toBe("Vision document.md");
  await page.keyboard.press("Escape");
  await expect(own).toBeFocused();

  await parts(page).gates.getByRole("button", { name: "Read the document" }).click();
  await expect(dialog).toContainText("An online shop for pottery");
  await dialog.getByRole("button", { name: "Close" }).last().click();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("read vision");
  await page.keyboard.press("Enter");
  await expect(dialog).toContainText("An online shop for pottery");
});

test("the palette leads to what waits", async ({ server, shop, page, desk }) => {
  await writeVision(server, shop.id);
  await desk.open(server, shop.id);
  await expect(parts(page).card).toHaveCount(1);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("answer vision");
  await page.keyboard.press("Enter");
  await expect(parts(page).approve).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(parts(page).gates).toBeHidden();
});

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: "reduce" });
    // A look of axe at all of the page takes seconds where the machine is busy.
    test.describe.configure({ timeout: 180_000 });

    test("axe finds nothing wrong with gates, documents and the workflow", async ({ server, shop, page, desk }) => {
      const problems = async () => (await new AxeBuilder({ page }).analyze()).violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target}`));
      await writeVision(server, shop.id);
      await desk.open(server, shop.id);
      const { reject, reason, gates, current } = parts(page);
      await expect(gates).toBeVisible();
      await desk.openAll(desk.activity);
      expect(await problems(), "a gate").toEqual([]);
      await reject.click();
      await reason.press("Enter");
      expect(await problems(), "a missing reason").toEqual([]);
      await gates.getByRole("button", { name: "Read the document" }).click();
      await expect(page.getByRole("dialog")).toContainText("An online shop for pottery");
      expect(await problems(), "a document").toEqual([]);
      await page.keyboard.press("Escape");
      const { id } = await openGate(server, shop.id);
      await server.ask("POST", `/api/gates/${id}/approve`, {});
      await expect(current).toHaveText(/Plan Feature, failed$/, { useInnerText: false });
      expect(await problems(), "decided elsewhere, and a phase that failed").toEqual([]);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await problems(), "the same on a phone").toEqual([]);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("the workflow shrinks to where it stands, and a thumb hits everything", async ({ server, shop, page, desk }) => {
    await writeVision(server, shop.id);
    await desk.open(server, shop.id);
    const { gates, reject, reason, send, workflow, current } = parts(page);
    await expect(current).toHaveText("1 of 5: Vision Document Review, waiting for you", { useInnerText: true });
    expect((await workflow.boundingBox())?.height).toBeLessThan(64);
    const small = () => page.locator(":is(.gates, .workflow, .documents, .dialog) :is(button, a, textarea):visible").evaluateAll((all) => all
      .filter((one) => one.getBoundingClientRect().height < 43.5 || one.getBoundingClientRect().width < 43.5).map((one) => one.getAttribute("aria-label") ?? one.textContent));
    expect(await small(), "a gate").toEqual([]);
    await page.getByRole("tab", { name: "Projects" }).tap();
    await expect(page.getByRole("tab", { name: "Chat" })).toHaveAccessibleName(/Waiting for you/);
    expect(await small(), "documents").toEqual([]);
    await desk.projects.getByRole("button", { name: "Vision document" }).tap();
    await expect(page.getByRole("dialog")).toContainText("An online shop for pottery");
    expect(await small(), "a document").toEqual([]);
    expect(await desk.tooWide()).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Chat" }).tap();
    await reject.tap();
    await reason.fill("Too small");
    expect(await small(), "a reason").toEqual([]);
    // What a keyboard leaves of the window.
    await page.setViewportSize({ width: 390, height: 460 });
    for (const one of [reason, send, desk.composer]) await expect(one).toBeInViewport();
    expect(await desk.tooWide()).toEqual([]);
    await send.tap();
    await expect(gates).toBeHidden();
    await expect(current).toHaveText("1 of 5: Vision Document Review, paused", { useInnerText: true });
    await page.setViewportSize({ width: 390, height: 844 });
    expect(await small(), "a paused workflow").toEqual([]);
  });
});
