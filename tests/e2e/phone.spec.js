// On a phone: three tabs with what was not looked at yet, a thumb, and a keyboard on the screen.

import { expect, test } from "./support/fixtures.js";

test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

/** A thumb is about as wide. */
const THUMB_PX = 44;

test("the tabs count what was not looked at, and stop when it was", async ({ server, shop, checkout, page, desk }) => {
  const library = await server.createProject("Library", checkout("library"));
  const tab = (/** @type {string} */ name) => page.getByRole("tab", { name });
  // Both were open here before.
  for (const id of [library.id, shop.id]) {
    await desk.open(server, id);
    await expect(desk.chat.getByRole("heading", { name: "What should we do?" })).toBeVisible();
  }
  await desk.say("run validation");
  await expect(desk.messages).toHaveCount(2);
  await expect(tab("Activity")).toHaveAccessibleName(/new steps?$/);
  await tab("Activity").tap();
  await expect(desk.step("The checks begin")).toBeVisible();
  await expect(tab("Activity")).toHaveAccessibleName("Activity Something is running");
  await expect(tab("Chat")).toHaveAccessibleName("Chat");
  shop.checks.pass();
  await expect(tab("Chat")).toHaveAccessibleName("Chat 1 new message");
  await expect(tab("Activity")).toHaveAccessibleName("Activity");
  await server.ask("POST", `/api/projects/${library.id}/messages`, { content: "hello" });
  await expect(tab("Projects")).toHaveAccessibleName("Projects 1 project with news");
  await tab("Chat").tap();
  await expect(tab("Chat")).toHaveAccessibleName("Chat");
  await tab("Projects").tap();
  await desk.projects.getByRole("link", { name: "Library" }).tap();
  await expect(desk.messages).toHaveCount(2);
  await expect(tab("Projects")).toHaveAccessibleName("Projects");
});

test("the tab that was open is open after a reload", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await page.getByRole("tab", { name: "Activity" }).tap();
  await expect(desk.activity).toBeVisible();
  await page.reload();
  await desk.isLive();
  await expect(desk.activity).toBeVisible();
  await expect(desk.chat).toBeHidden();
});

test("everything in the frame, the list and the chat can be hit with a thumb", async ({ server, shop, checkout, page, desk }) => {
  for (const name of ["Bakery", "Library", "Newsletter", "Accounts"]) await server.createProject(name, checkout(name.toLowerCase()));
  await desk.open(server, shop.id);
  // What is drawn smaller may still be hit around it.
  const small = (within = ":is(.topbar, .tabbar, .pane-projects, .pane-chat)") => page.locator(`${within} :is(button, a, input):visible`).evaluateAll((all, px) => all
    .filter((one) => {
      const { x, y, width, height } = one.getBoundingClientRect();
      const reach = px / 2 - 1;
      const isHit = (/** @type {number} */ dx, /** @type {number} */ dy) => one.contains(document.elementFromPoint(x + width / 2 + dx, y + height / 2 + dy));
      const isTall = height >= px - 0.5 || (isHit(0, -reach) && isHit(0, reach));
      return !isTall || !(width >= px - 0.5 || (isHit(-reach, 0) && isHit(reach, 0)));
    })
    .map((one) => `${one.getAttribute("aria-label") ?? one.textContent}: ${one.getBoundingClientRect().width} x ${one.getBoundingClientRect().height}`), THUMB_PX);
  expect(await small(), "an empty chat").toEqual([]);
  await desk.composer.fill("run validation");
  await desk.chat.getByRole("button", { name: "Send" }).tap();
  await expect(desk.stopButton).toBeVisible();
  await desk.composer.fill("and then this");
  expect(await small(), "running").toEqual([]);
  await desk.chat.getByRole("button", { name: "Queue" }).tap();
  await desk.queue.getByRole("button", { name: "Edit" }).tap();
  expect(await small(), "queued").toEqual([]);
  await page.getByRole("tab", { name: "Projects" }).tap();
  expect(await small(), "projects").toEqual([]);
  await desk.menuOf("Web shop").tap();
  await expect(page.getByRole("menuitem", { name: "Delete…" })).toBeVisible();
  expect(await small(".menu"), "menu").toEqual([]);
  await page.getByRole("menuitem", { name: "Delete…" }).tap();
  const dialog = page.getByRole("dialog", { name: "Delete “Web shop”?" });
  await expect(dialog).toBeVisible();
  expect(await small(".dialog"), "question").toEqual([]);
  expect(await desk.tooWide()).toEqual([]);
  await dialog.getByRole("button", { name: "Keep it" }).tap();
  await page.getByRole("button", { name: "Project settings" }).tap();
  await expect(page.getByRole("dialog", { name: "Project settings" })).toBeVisible();
  expect(await small(".dialog"), "settings").toEqual([]);
});

test("the keyboard on the screen leaves the message box and the buttons in sight", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.composer.tap();
  await desk.composer.fill(Array.from({ length: 12 }, (_, i) => `line ${i}`).join("\n"));
  // What a keyboard leaves of the window.
  await page.setViewportSize({ width: 390, height: 420 });
  const send = desk.chat.getByRole("button", { name: "Send" });
  await expect(send).toBeInViewport({ ratio: 1 });
  await expect(desk.composer).toBeInViewport({ ratio: 1 });
  expect(await desk.tooWide()).toEqual([]);
  await send.tap();
  await expect(desk.messages).toHaveCount(2);
});
