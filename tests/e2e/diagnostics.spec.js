// Why is my feed empty? The page that answers it, as a person gets there and reads it.

import { expect, test } from "./support/fixtures.js";
import { Scar } from "./support/scar.js";

/** @param {import("@playwright/test").Page} page @param {string} id */
const check = (page, id) => page.locator(`[data-check=${id}]`);
/** @param {import("@playwright/test").Page} page */
const verdict = (page) => page.getByRole("main", { name: "Diagnostics" }).getByRole("status");

test("an empty feed leads to the reason, and back", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.activity.getByRole("link", { name: "Why is my feed empty?" }).click();
  await expect(verdict(page)).toHaveText("Everything works. The feed is empty because nothing has happened in this project yet: ask for something in the chat.");
  for (const id of ["server", "database", "agent", "tab", "log", "commands", "parts"]) await expect(check(page, id)).toHaveAttribute("data-tone", "good");
  await expect(check(page, "agent")).toContainText("None is connected.");
  await expect(check(page, "tab")).toContainText("Live.");
  await page.getByRole("link", { name: "Back to the project" }).click();
  await expect(desk.chat).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`#/p/${shop.id}$`));
});

test("the pill leads to it, and it follows what happens", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.say("run validation");
  await expect(desk.step("The checks begin")).toBeVisible();
  await desk.pill.click();
  await expect(verdict(page)).toHaveText("Everything works.");
  await expect(check(page, "commands")).toContainText("“Run the checks”, is running");
  await expect(check(page, "log")).toContainText(/\d+ steps stored, the newest .* ago|just now/);
  shop.checks.fail();
  await expect(check(page, "commands")).toContainText("“Run the checks”, is failed");
  await page.goBack();
  await expect(desk.verdict).toHaveText("failed");
});

test("a server that is not reached is said, with what to do, and that it is back", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await server.kill();
  await desk.pill.click();
  await expect(verdict(page)).toHaveText("The server is not reached.");
  await expect(check(page, "server")).toContainText("check that it still runs");
  await expect(check(page, "database")).toContainText("Not known: the server is not reached.");
  await expect(check(page, "tab")).toContainText("It tries again by itself for as long as it takes.");
  await server.start();
  await expect(verdict(page)).toContainText("Everything works.");
  await expect(check(page, "tab")).toContainText("Live.");
});

test("a SCAR that does not answer is said, with what to do", async ({ launch, checkout, page, desk, browserErrors }) => {
  const scar = await new Scar().start();
  const server = await launch({ settings: { SCAR_BASE_URL: scar.url } });
  const { id } = await server.createProject("Web shop", checkout("web-shop"));
  await desk.open(server, id);
  await desk.pill.click();
  await expect(check(page, "agent")).toContainText("SCAR answers.");
  browserErrors.expectRefusal(503, "/health/scar");
  await scar.kill();
  await expect(check(page, "agent")).toHaveAttribute("data-tone", "bad");
  await expect(check(page, "agent")).toContainText("SCAR_BASE_URL");
  await expect(verdict(page)).toContainText("Coding agent");
});

test("a damaged database is said, with what to do", async ({ server, shop, page, desk, browserErrors }) => {
  await desk.open(server, shop.id);
  await desk.pill.click();
  await expect(check(page, "database")).toContainText("It can be read and written.");
  browserErrors.expectRefusal(503, /\/(api|health)\//);
  server.damageData();
  await expect(check(page, "database")).toHaveAttribute("data-tone", "bad");
  await expect(check(page, "database")).toContainText("look whether its disk is full");
  await expect(verdict(page)).toContainText("Database:");
  await expect(desk.pill).toBeVisible();
});

test("all of it can be copied as text, and says nothing of what was talked about", async ({ server, shop, page, context, desk }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await desk.open(server, shop.id);
  await desk.say("a secret plan");
  await expect(desk.messages).toHaveCount(2);
  await desk.pill.click();
  await expect(verdict(page)).toHaveText("Everything works.");
  await page.getByRole("button", { name: "Copy as text" }).click();
  await expect(page.getByRole("button", { name: "Copied" })).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain("[good] Server: It answers, within");
  expect(text).toContain("[good] Steps of Web shop: 2 steps stored");
  expect(text).not.toContain("secret plan");
});

test("without a project there is a page of the server alone", async ({ server, page, desk }) => {
  await page.goto(`${server.url}/#/diagnostics`);
  await expect(verdict(page)).toHaveText("Everything works.");
  await expect(check(page, "log")).toHaveCount(0);
  await page.getByRole("link", { name: "Back to the start" }).click();
  await expect(desk.chat).toBeVisible();
});

test("a project that was deleted elsewhere is said to be gone, and what was kept of it is forgotten", async ({ server, shop, page, desk, browserErrors }) => {
  await desk.open(server, shop.id);
  await desk.say("hello");
  await expect(desk.messages).toHaveCount(2);
  browserErrors.expectRefusal(404, new RegExp(shop.id));
  await server.ask("DELETE", `/api/projects/${shop.id}`);
  await expect(desk.chat.getByRole("heading", { name: "This project was deleted" })).toBeVisible();
  await page.reload();
  await expect(desk.chat.getByRole("heading", { name: "There is no such project" })).toBeVisible();
  await expect(desk.activity).not.toContainText("hello");
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("it fits the screen and is reached with a thumb", async ({ server, shop, page, desk }) => {
    await desk.open(server, shop.id);
    await desk.pill.tap();
    await expect(verdict(page)).toContainText("Everything works.");
    expect(await desk.tooWide()).toEqual([]);
    const small = await page.locator(".diagnostics .button").evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent));
    expect(small).toEqual([]);
    await page.getByRole("link", { name: "Back to the project" }).tap();
    await expect(desk.chat).toBeVisible();
  });
});
