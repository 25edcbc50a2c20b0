// The page of the whole server: what is wrong, what to do about it, and the way of a change.

import { expect, test } from "./support/fixtures.js";
import { Receiver } from "./support/receiver.js";
import { Scar } from "./support/scar.js";

/** @param {import("@playwright/test").Page} page */
const verdict = (page) => page.getByRole("main", { name: "This server" }).locator(".verdict");

test("an operator finds it from the diagnostics, and all is well", async ({ server, shop, page, desk }) => {
  await desk.open(server, shop.id);
  await desk.pill.click();
  await expect(page.locator("[data-check=way]")).toContainText("A change arrives within");
  await page.getByRole("link", { name: "All that is known of this server" }).click();
  await expect(verdict(page)).toHaveText("Everything works.");
  await expect(page.locator(".stages li[data-tone=good]")).toHaveCount(6);
  await expect(page.locator("[data-stage=back]")).toContainText(/Arrived\s*[\d.]+ ms/);
  await expect(page.getByRole("heading", { name: "Parts of the program" })).toBeVisible();
  await expect(page.locator(".server-row", { hasText: "writer" })).toContainText("running");
  await page.getByRole("link", { name: "Back" }).click();
  await expect(page.getByRole("main", { name: "Diagnostics" })).toBeVisible();
});

test("a browser that asks for the JSON is shown the page", async ({ server, page }) => {
  await page.goto(`${server.url}/api/diagnostics`);
  await expect(verdict(page)).toHaveText("Everything works.");
});

test("what is away is said with its cause and what to do, and that it is back", async ({ launch, checkout, page, browserErrors }) => {
  const scar = await new Scar().start();
  const server = await launch({ settings: { SCAR_BASE_URL: scar.url } });
  await server.createProject("Web shop", checkout("web-shop"));
  await page.goto(`${server.url}/#/server`);
  await expect(verdict(page)).toHaveText("Everything works.");
  browserErrors.expectRefusal(503, "/health/scar");
  await scar.kill();
  for (let asked = 0; asked < 3; asked += 1) await fetch(`${server.url}/health/scar`);
  const finding = page.locator("[data-finding=backend_away]");
  await expect(finding).toContainText("SCAR does not answer since");
  await expect(finding).toContainText("Start it, or correct the settings");
  await expect(verdict(page)).toHaveAttribute("data-tone", "bad");
  await expect(page.locator(".server-row", { hasText: "SCAR" })).toContainText("away since");
});

test("a database that cannot be used is said, and all that is known without it", async ({ server, shop, page, browserErrors }) => {
  expect(shop.id).toBeTruthy();
  await page.goto(`${server.url}/#/server`);
  await expect(verdict(page)).toHaveText("Everything works.");
  browserErrors.expectRefusal(503, /\/(api|health)\//);
  server.damageData();
  await expect(page.locator("[data-finding=database_unreadable], [data-finding=database_away], [data-finding=canary_stuck]").first()).toBeVisible();
  await expect(verdict(page)).toHaveAttribute("data-tone", "bad");
  await expect(page.getByRole("heading", { name: "Parts of the program" })).toBeVisible();
});

test("who is notified by webhook, what became of it, and a test whether it arrives", async ({ launch, checkout, page, desk }) => {
  const receiver = await new Receiver().start();
  const server = await launch({ settings: receiver.settings });
  const shop = await server.createProject("Web shop", checkout("web-shop"));
  receiver.status = 403;
  await page.goto(`${server.url}/#/server`);
  const part = page.getByRole("region", { name: "Who is notified by webhook" });
  await expect(part).toContainText(receiver.url);
  await expect(page.locator("body")).not.toContainText("nobodys-business");
  await part.getByRole("button", { name: "Send a test" }).click();
  await expect(part.getByRole("status")).toContainText("It was not delivered: it answered 403. Compare PM__NOTIFICATIONS__SECRET");
  await server.ask("POST", `/api/projects/${shop.id}/executions`, { command: "prime" });
  const ended = part.locator("[data-notification='command.ended']");
  await expect(ended).toContainText(/waits after \d+ tr(y|ies): it answered 403/);
  await expect(page.locator("[data-finding=notifications_failing]")).toContainText("The receiver refuses them");
  receiver.status = 200;
  await expect(ended).toContainText(/delivered after \d+ tries/);
  await expect(verdict(page)).toHaveText("Everything works.");
  await part.getByRole("button", { name: "Send a test" }).click();
  await expect(part.getByRole("status")).toHaveText(`${receiver.url} has it.`);
  expect(await desk.tooWide()).toEqual([]);
  await ended.getByRole("link").click();
  await expect(page).toHaveURL(new RegExp(`#/p/${shop.id}/a/\\d+$`));
  await receiver.stop();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("it fits the screen", async ({ server, page, desk }) => {
    await page.goto(`${server.url}/#/server`);
    await expect(verdict(page)).toHaveText("Everything works.");
    expect(await desk.tooWide()).toEqual([]);
    const small = await page.locator(".diagnostics .button").evaluateAll((all) => all.filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.textContent));
    expect(small).toEqual([]);
  });
});
