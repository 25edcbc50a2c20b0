// Signing in, being signed out, and what is kept of what was begun.

import { expect, test } from "./support/fixtures.js";
import { writeVision } from "./support/vision.js";

const TOKEN = "a-token-that-only-this-test-has";

/** A server that asks who somebody is, with a project. @param {import("./support/fixtures.js").Launch} launch @param {(name: string) => string} checkout */
async function guarded(launch, checkout) {
  const server = await launch({ settings: { PM__AUTH__TOKEN: TOKEN } });
  const { id } = await server.createProject("Web shop", checkout("web-shop"));
  return { server, id };
}

/** The page on which one signs in. @param {import("@playwright/test").Page} page */
function login(page) {
  const field = page.getByLabel("Your token");
  const press = async (/** @type {string} */ token) => {
    await field.fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  return { field, press, problem: page.getByRole("alert") };
}

test.beforeEach(({ browserErrors }) => {
  // Whether somebody is signed in is asked, and the answer may be no.
  browserErrors.expectRefusal(401, "/api/session");
});

test("whoever opens a project signs in and comes to it, and a wrong token is said to be wrong", async ({ launch, checkout, page, desk }) => {
  const { server, id } = await guarded(launch, checkout);
  const { field, press, problem } = login(page);
  await page.goto(`${server.url}/#/p/${id}`);
  await expect(field).toBeFocused();
  await press("pm_not-the-one");
  await expect(problem).toHaveText("This token is not good. It may be mistyped, expired or revoked.");
  await expect(field).toHaveAttribute("aria-invalid", "true");
  await press(TOKEN);
  await desk.isLive();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Web shop");
  expect(new URL(page.url()).hash).toBe(`#/p/${id}`);
  await desk.say("hello");
  await expect(desk.messages).toHaveCount(2);
  // The cookie is kept, and no script can read it.
  await page.reload();
  await desk.isLive();
  expect(await page.evaluate(() => document.cookie)).toBe("");
});

test("whoever signs out is a stranger again, and the way out is only there for who came in", async ({ launch, checkout, page, desk }) => {
  const { server, id } = await guarded(launch, checkout);
  await page.goto(`${server.url}/#/p/${id}`);
  await login(page).press(TOKEN);
  await desk.isLive();
  await desk.composer.fill("a thought of mine");
  const written = () => page.evaluate(() => Object.keys(localStorage).filter((key) => /draft|outbox/.test(key)));
  await expect.poll(written).not.toEqual([]);
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(login(page).field).toBeVisible();
  // Whoever comes next sends nothing of it in their own name.
  expect(await written()).toEqual([]);
  await expect(page.getByText("You were signed out")).toBeHidden();
  await page.goto(server.url);
  await expect(login(page).field).toBeVisible();

  const open = await launch();
  await page.goto(open.url);
  await page.getByRole("button", { name: "Menu", exact: true }).click();
  await expect(page.getByRole("menuitem", { name: "Keyboard shortcuts" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toHaveCount(0);
});

test("an open page whose token is revoked leads to where one signs in, says why, and keeps what was being written", async ({ launch, checkout, page, desk, browserErrors }) => {
  const { server, id } = await guarded(launch, checkout);
  const token = server.command("token", "create", "phone");
  await page.goto(`${server.url}/#/p/${id}`);
  await login(page).press(token);
  await desk.isLive();
  await desk.composer.fill("plan a discount");
  browserErrors.expectRefusal(401, /\/api\//);
  server.command("token", "revoke", "phone");
  await expect(page.getByText("You were signed out")).toBeVisible();
  await login(page).press(token);
  await expect(login(page).problem).toContainText("not good");
  await login(page).press(server.command("token", "create", "phone"));
  await desk.isLive();
  await expect(desk.composer).toHaveValue("plan a discount");
});

test("a reason that was being written when the sign-in ended is in the message box afterwards", async ({ launch, checkout, page, desk, browserErrors }) => {
  const { server, id } = await guarded(launch, checkout);
  await page.goto(`${server.url}/#/p/${id}`);
  await login(page).press(server.command("token", "create", "phone"));
  await desk.isLive();
  await desk.composer.fill("first this");
  await writeVision(server, id);
  await desk.chat.getByRole("button", { name: "Reject…" }).click();
  await desk.chat.getByRole("textbox", { name: "Why do you reject it?" }).fill("it is to be green");
  browserErrors.expectRefusal(401, /\/api\//);
  server.command("token", "revoke", "phone");
  await expect(page.getByText("You were signed out")).toBeVisible();
  await login(page).press(TOKEN);
  await desk.isLive();
  await expect(desk.composer).toHaveValue("first this\nit is to be green");
});

test("who may only look is told so when they write", async ({ launch, checkout, page, desk }) => {
  const { server, id } = await guarded(launch, checkout);
  const token = server.command("token", "create", "guest", "--scope", "read");
  await page.goto(`${server.url}/#/p/${id}`);
  await login(page).press(token);
  await desk.isLive();
  await desk.say("hello");
  await expect(desk.chat).toContainText("may only look");
  await expect(desk.messages).toHaveCount(0);
});

test("whoever comes back from signing in stays on this server", async ({ launch, checkout, page, desk }) => {
  const { server } = await guarded(launch, checkout);
  for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example", "/.//evil.example", `${server.url}//evil.example`, "javascript:alert(1)", "/login?next=/login", "data:text/html,x"]) {
    await page.context().clearCookies();
    await page.goto(`${server.url}/login?next=${encodeURIComponent(next)}`);
    await login(page).press(TOKEN);
    await desk.isLive();
    expect(new URL(page.url()).origin).toBe(server.url);
  }
});

test("the page on which one signs in fits a phone and both kinds of light", async ({ launch, checkout, page }) => {
  const { server } = await guarded(launch, checkout);
  await page.setViewportSize({ width: 360, height: 640 });
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${server.url}/login`);
    const { field } = login(page);
    await expect(field).toBeFocused();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    const [ink, ground] = await page.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]);
    expect(ink).not.toBe(ground);
    const button = await page.getByRole("button", { name: "Sign in" }).boundingBox();
    expect(button?.height).toBeGreaterThanOrEqual(44);
  }
});
