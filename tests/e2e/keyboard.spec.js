// The keyboard: the palette, the help, the single keys, and everything in the page within reach of Tab.

import { expect, test } from "./support/fixtures.js";

test.use({ permissions: ["clipboard-read", "clipboard-write"] });

/** A project that has been looked at, beside another. @param {any} fixtures */
async function looked({ server, checkout, desk }) {
  await server.createProject("Library", checkout("library"));
  const { id } = await server.createProject("Meadow Tea", checkout("tea"));
  await desk.open(server, id);
  await desk.say("analyze the codebase");
  await expect(desk.messages).toHaveCount(3);
  return id;
}

test("the palette finds a project by a few letters and gives the focus back", async ({ server, checkout, page, desk }) => {
  await looked({ server, checkout, desk });
  await desk.composer.focus();
  await page.keyboard.press("Control+k");
  const field = desk.palette.getByRole("combobox");
  await expect(field).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(desk.palette).toBeHidden();
  await expect(desk.composer).toBeFocused();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("lbr");
  await expect(desk.palette.getByRole("option", { selected: true })).toContainText("Library");
  await page.keyboard.press("Enter");
  await expect(desk.palette).toBeHidden();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Library");
  await expect(desk.composer).toBeFocused();
});

test("the palette asks for commands, does actions, and says when nothing fits", async ({ server, checkout, page, desk }) => {
  await looked({ server, checkout, desk });
  await page.keyboard.press("Control+k");
  await page.keyboard.type("xyzzy");
  await expect(desk.palette.getByText("Nothing here is called like that.")).toBeVisible();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("analyze");
  await page.keyboard.press("Enter");
  await expect(desk.messages).toHaveCount(6);
  await expect(desk.commands).toHaveCount(2);

  await page.keyboard.press("Control+k");
  await page.keyboard.type("plan a f");
  await page.keyboard.press("Enter");
  await expect(desk.composer).toBeFocused();
  await expect(desk.composer).toHaveValue("Plan a feature: ");
  await page.keyboard.press("Control+k");
  await page.keyboard.type("new pro");
  await page.keyboard.press("Enter");
  await expect(desk.dialog.getByLabel("Name")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(desk.dialog).toBeHidden();
});

test("arrow keys go through the palette and around its ends, and a click does it as well", async ({ server, checkout, page, desk }) => {
  await looked({ server, checkout, desk });
  await page.getByRole("button", { name: "Find a project, a command or an action" }).click();
  const options = desk.palette.getByRole("option");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await expect(options.last()).toBeInViewport();
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await options.filter({ hasText: "Keyboard shortcuts" }).click();
  await expect(desk.help).toBeVisible();
});

test("the help has all keys, and the single ones can be turned off", async ({ server, checkout, page, desk }) => {
  await looked({ server, checkout, desk });
  await desk.leaveFields();
  await page.keyboard.press("?");
  for (const words of ["Find a project, a command, an action", "Search the steps", "Filter the steps", "Next step", "Write a message"]) {
    await expect(desk.help.getByText(words, { exact: true })).toBeVisible();
  }
  await desk.help.getByRole("checkbox").uncheck();
  await page.keyboard.press("Escape");
  await expect(desk.help).toBeHidden();
  await desk.leaveFields();
  await page.keyboard.press("/");
  await page.keyboard.press("?");
  await expect(desk.help).toBeHidden();
  await expect(desk.searchField).not.toBeFocused();
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
  await desk.help.getByRole("checkbox").check();
  await page.keyboard.press("Escape");
  await expect(desk.help).toBeHidden();
  await desk.leaveFields();
  await page.keyboard.press("/");
  await expect(desk.searchField).toBeFocused();
});

test("no single key does anything while somebody writes", async ({ server, checkout, page, desk }) => {
  await looked({ server, checkout, desk });
  await desk.composer.focus();
  await page.keyboard.type("/fjklcm123?");
  await expect(desk.composer).toHaveValue("/fjklcm123?");
  await expect(desk.help).toBeHidden();
  await desk.searchField.focus();
  await page.keyboard.type("/f?");
  await expect(desk.searchField).toHaveValue("/f?");
  await expect(desk.help).toBeHidden();
});

test("single keys search, filter, go from step to step, open, copy, show more, and write", async ({ server, checkout, page, desk }) => {
  const id = await looked({ server, checkout, desk });
  await desk.leaveFields();
  await page.keyboard.press("k");
  const focused = desk.activity.locator("[data-seq]:focus, [data-seq]:focus-within");
  const last = Number(await focused.getAttribute("data-seq"));
  await page.keyboard.press("k");
  expect(Number(await focused.getAttribute("data-seq"))).toBeLessThan(last);
  await page.keyboard.press("j");
  await expect(focused).toHaveAttribute("data-seq", String(last));
  await expect(focused).toBeInViewport();
  await page.keyboard.press("l");
  await expect(page.getByText("Link copied")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(`${server.url}/#/p/${id}/a/${last}`);
  await page.keyboard.press("c");
  await expect(page.getByText("Text copied")).toBeVisible();

  const read = desk.step("Read README.md").getByRole("button").first();
  for (let i = 0; i < 60 && !(await read.evaluate((one) => one === document.activeElement)); i++) await page.keyboard.press("k");
  await expect(read).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(read).toHaveAttribute("aria-expanded", "true");

  await page.keyboard.press("1");
  await expect(desk.step("Read README.md")).toHaveCount(0);
  await page.keyboard.press("2");
  await expect(desk.step("Read README.md")).toBeVisible();
  await page.keyboard.press("f");
  await expect(desk.activity.getByLabel("Only what went wrong")).toBeFocused();
  await page.keyboard.press("Space");
  await expect(desk.activity.getByRole("button", { name: "Remove the filter: Only what went wrong" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(desk.activity.getByRole("button", { name: /^Filter the steps/ })).toBeFocused();
  await page.keyboard.press("m");
  await expect(desk.composer).toBeFocused();
});

test("Tab goes through everything in the page, in the order in which it is seen", async ({ server, checkout, page, desk }) => {
  await looked({ server, checkout, desk });
  // From the top: a click there is where Tab goes on from.
  await page.getByRole("banner").getByText("Project Manager").click();
  /** @type {string[]} */
  const order = [];
  for (let i = 0; i < 150; i++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const el = document.activeElement;
      if (!el || el === document.body) return null;
      const box = el.getBoundingClientRect();
      return { place: el.closest(".topbar, .pane")?.className ?? el.className, isSeen: box.width > 0 && getComputedStyle(el).visibility === "visible", html: el.outerHTML.slice(0, 90) };
    });
    if (!at) break;
    expect(at.isSeen, at.html).toBe(true);
    order.push(at.place);
  }
  const places = order.filter((place, i) => place !== order[i - 1]).map((place) => place.split(" ").pop());
  expect(places).toEqual(["topbar", "pane-projects", "pane-chat", "pane-activity"]);
});
